import type { SambaInstance } from '../../samba/conf/index.ts';
import { parseText, type ShareSection } from '../../samba/shares/index.ts';
import {
  now,
  type Part,
  type Problem,
  type Share,
  type ShareList,
  type ShareSource,
  shareId,
  type UserDirectory,
} from '../../sessions/index.ts';
import { ServerProblem } from '../database.ts';
import { toProblem } from '../problems.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { toNetworkPermissions } from './network-permissions.ts';
import { type Grants, toGrants } from './permissions.ts';
import { Trustees } from './trustees.ts';

export interface ShareSourceOptions {
  /** The instance's number in locations. */
  readonly instance: number;
  /** @throws InstanceError */
  readonly locate: () => SambaInstance;
  /** Who its users and groups are. */
  readonly directory: UserDirectory;
}

/** The shares of a Samba server on this machine, as its configuration has them; whether it runs is no matter. */
export class LocalShareSource implements ShareSource {
  private readonly options: ShareSourceOptions;

  constructor(options: ShareSourceOptions) {
    this.options = options;
  }

  async shares(): Promise<ShareList> {
    let path = 'smb.conf';
    try {
      const server = this.options.locate();
      path = server.smbConfPath ?? path;
      return await this.list(readConfiguration(server));
    } catch (error) {
      const problem = error instanceof ServerProblem ? error.problem : toProblem(error, path);
      return { parts: [this.part([problem], false)], shares: [] };
    }
  }

  private async list(configuration: Configuration): Promise<ShareList> {
    const { instance, directory } = this.options;
    const { sections, problems } = configuration;
    const drafts = sections.map((section) => ({ section, grants: grantsOf(section, configuration) }));
    const named = drafts.flatMap(({ grants }) => grants.grants.map(({ trustee }) => trustee));
    const trustees = await Trustees.lookUp(named, directory);
    const shares = drafts.map(({ section, grants }) => toShare(instance, section, grants, configuration, trustees));
    return {
      parts: [this.part([...problems, ...unresolved(trustees)], true)],
      shares: shares.sort((a, b) => compare(a.name.toLowerCase(), b.name.toLowerCase())),
    };
  }

  private part(problems: readonly Problem[], isRead: boolean): Part {
    const verdict = problems.length === 0 ? 'complete' : 'partial';
    const { instance } = this.options;
    return { instance, node: null, takenAt: isRead ? now() : null, verdict, problems, recording: null };
  }
}

function grantsOf(section: ShareSection, { daclOf, mayBeGuests }: Configuration): Grants {
  const dacl = daclOf(section);
  const { grants, unsaid } = toGrants(section, dacl ?? null, mayBeGuests);
  const unread = [
    ...(dacl === undefined ? ['security descriptor'] : []),
    ...(section.hasOpenInclude ? ['include'] : []),
  ];
  return { grants, unsaid: [...unsaid, ...unread] };
}

function toShare(
  instance: number,
  { name, values }: ShareSection,
  { grants, unsaid }: Grants,
  { defaults }: Configuration,
  trustees: Trustees,
): Share {
  const network = toNetworkPermissions(values, defaults);
  // Without a path of its own, what stands for all users' shares is each one's home folder.
  const path = parseText(values.get('path')) || (name.trim().toLowerCase() === 'homes' ? '%H' : '');
  const isYes = (parameter: string) => values.get(parameter) === 'yes';
  return {
    instance,
    id: shareId(instance, name),
    name,
    path,
    isPathVariable: /%[a-z$]/i.test(path),
    description: parseText(values.get('comment')),
    requireEncryption: /^(required|mandatory|forced?|enforced)$/i.test(values.get('serversmbencrypt') ?? ''),
    accessBasedEnumeration: isYes('hideunreadable') || isYes('hideunwriteablefiles'),
    permissions: grants.map(({ type, trustee, rights }) => ({ type, trustee: trustees.identityOf(trustee), rights })),
    networkPermissions: network.permissions,
    unsaid: [...unsaid, ...network.unsaid],
  };
}

function unresolved({ unavailable }: Trustees): Problem[] {
  if (unavailable.length === 0) return [];
  const some = unavailable.slice(0, 10).join(', ');
  const message = `who is meant can't be found out now: ${some}${unavailable.length > 10 ? ', …' : ''}; winbindd, or its domain controller, does not answer`;
  return [{ code: 'TRUSTEE_UNAVAILABLE', message }];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
