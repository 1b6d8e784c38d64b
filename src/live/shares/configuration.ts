import { readdirSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { DecodeError } from '../../samba/bytes/index.ts';
import { locateState, readSmbConfLines, type SambaInstance, type Statement } from '../../samba/conf/index.ts';
import {
  parseText,
  type ReadSections,
  type RegistrySection,
  readRegistry,
  readShareSections,
  readShareSecurity,
  type SectionProblem,
  type ShareSection,
  type ShareSecurity,
} from '../../samba/shares/index.ts';
import type { Problem } from '../../sessions/index.ts';
import { ServerProblem } from '../database.ts';
import { toProblem } from '../problems.ts';
import type { Dacl } from './permissions.ts';

/** What a server's files say of its shares. */
export interface Configuration {
  /** Those that are served: no printers, no IPC$, none without a path. */
  readonly sections: readonly ShareSection[];
  readonly defaults: ReadSections['defaults'];
  /** Whether a logon that fails can become a guest's. */
  readonly mayBeGuests: boolean;
  /** Undefined where it can't be read. */
  readonly daclOf: (section: ShareSection) => Dacl | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Reads smb.conf, what it includes, the registry where it says so, and the security of shares.
 *
 * @throws ServerProblem, or the system's error where the smb.conf can't be read
 */
export function readConfiguration({ smbConfPath, root, isClustered }: SambaInstance): Configuration {
  if (smbConfPath === null) {
    throw new ServerProblem('SMB_CONF_UNREADABLE', 'no smb.conf was found; name it with --smb-conf');
  }
  if (isClustered) {
    const message =
      "this Samba is part of a CTDB cluster (clustering = yes); its shares are not in this node's files alone";
    throw new ServerProblem('SAMBA_CLUSTERED', message);
  }
  const problems: Problem[] = [];
  const attempt = <T>(path: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problems.push(toProblem(error, path));
      return undefined;
    }
  };
  const registries = new Map<string, readonly RegistrySection[]>();
  const read = readShareSections(readSmbConfLines(smbConfPath, root).statements, {
    include: (path) => tryLines(isAbsolute(path) ? join(root, path) : join(dirname(smbConfPath), path), root),
    registry: (configured) => {
      const state = locateState(configured, root);
      const found = registries.get(state) ?? attempt(join(state, 'registry.tdb'), () => readRegistry(state)) ?? [];
      registries.set(state, found);
      return found;
    },
  });
  problems.push(...read.problems.map((problem) => describe(problem, smbConfPath)));
  const state = locateState(read.globals.get('statedirectory'), root);
  const securityPath = join(state, 'share_info.tdb');
  const security = attempt(securityPath, () => readShareSecurity(state));
  const sections = read.sections.filter(isServed);
  return {
    sections,
    defaults: read.defaults,
    mayBeGuests: !/^never$/i.test(read.globals.get('maptoguest') ?? 'never'),
    daclOf: (section) => daclOf(section, security),
    problems: [...problems, ...broken(sections, security, securityPath), ...usershares(read.globals, state, root)],
  };
}

function tryLines(path: string, root: string): readonly Statement[] | null {
  try {
    return readSmbConfLines(path, root).statements;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : null;
  }
}

function isServed({ name, values }: ShareSection): boolean {
  const isTemplate = name.trim().toLowerCase() === 'homes';
  const isSomewhere = isTemplate || parseText(values.get('path')) !== '' || parseText(values.get('msdfsproxy')) !== '';
  const isFiles = values.get('printable') !== 'yes' && !/^(printers|ipc\$)$/i.test(name.trim());
  return isFiles && isSomewhere && values.get('available') !== 'no';
}

function daclOf({ name }: ShareSection, security: ShareSecurity | undefined): Dacl | undefined {
  const found = security?.get(name.toLowerCase());
  if (security === undefined || found instanceof DecodeError) return undefined;
  return found ?? null;
}

function broken(sections: readonly ShareSection[], security: ShareSecurity | undefined, path: string): Problem[] {
  return sections.flatMap(({ name }) => {
    const found = security?.get(name.toLowerCase());
    return found instanceof DecodeError ? [toProblem(found, `${path}, share ${name}`)] : [];
  });
}

/** Shares that users make themselves with `net usershare`, a file each. They are not read. */
function usershares(globals: ReadSections['globals'], state: string, root: string): Problem[] {
  const named = globals.get('usersharepath');
  const folder = named === undefined ? join(state, 'usershares') : join(root, '/', named);
  if (globals.get('usersharemaxshares') === '0' || !hasFiles(folder)) return [];
  return [{ code: 'USERSHARES_UNREAD', message: `${folder} has usershares, which are not in the list` }];
}

function hasFiles(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}

const codes = {
  'per-client': 'SMB_CONF_PER_CLIENT',
  unread: 'SMB_CONF_UNREADABLE',
  refused: 'SMB_CONF_REFUSED',
} as const;

function describe({ kind, message }: SectionProblem, path: string): Problem {
  return { code: codes[kind], message: `${path}, ${message}` };
}
