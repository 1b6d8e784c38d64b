import { existsSync, type Stats, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type ForcedShares, forcedShares } from './forced-shares.ts';
import { findRunningSmbds, type RunningSmbd, smbConfOf } from './running-smbd.ts';
import { sharePaths } from './share-paths.ts';
import { type FileStamp, globalParameter, isYes, readSmbConf, type SmbConf } from './smb-conf.ts';

/** One Samba server: where it keeps what, and what its configuration says that bears on its sessions. */
export interface SambaInstance {
  /** The parent of its processes; null where none of it runs. */
  readonly pid: number | null;
  /** As a path of ours; null where none was found. */
  readonly smbConfPath: string | null;
  /** What the server sees as `/`, as a path of ours; empty where that is our own. */
  readonly root: string;
  readonly lockDirectory: string;
  readonly isClustered: boolean;
  /** Whether the pids in its records are pids that we can ask about. */
  readonly sharesPidNamespace: boolean;
  /** Upper case. */
  readonly netbiosName: string;
  /** Whether accounts may come from a domain. */
  readonly isDomainMember: boolean;
  /** That domain, where it is a member of one. */
  readonly directory?: { readonly name: string; readonly dnsName: string | null };
  readonly forcedShares: ForcedShares;
  /** Folders of the shares that the configuration file names, see `sharePaths`. */
  readonly sharePaths?: ReadonlyMap<string, string | null>;
  /** What the configuration was read from, see `isOutdated`. */
  readonly confFiles: readonly FileStamp[];
}

/** No Samba was found, or more than one and none was named. */
export class InstanceError extends Error {
  override readonly name = 'InstanceError';
  readonly code: 'SAMBA_ABSENT' | 'SAMBA_AMBIGUOUS' | 'SMB_CONF_UNREADABLE';

  constructor(code: InstanceError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** `lock directory` as Samba is compiled: Debian and its kin, upstream FHS builds, Fedora and its kin, upstream. */
const compiledLockDirectories = ['/run/samba', '/var/lock/samba', '/var/lib/samba/lock', '/usr/local/samba/var/lock'];
const compiledSmbConfs = ['/etc/samba/smb.conf', '/usr/local/samba/etc/smb.conf'];

/**
 * Locates the server that a configuration file describes; without one the server that runs here, or else the place
 * where a distribution's Samba would keep its files.
 *
 * @throws InstanceError SMB_CONF_UNREADABLE; SAMBA_AMBIGUOUS where several run; SAMBA_ABSENT where there is no trace
 */
export function locateInstance(smbConfPath?: string): SambaInstance {
  return smbConfPath === undefined ? locateRunning() : locateConfigured(smbConfPath);
}

function locateConfigured(path: string): SambaInstance {
  const smbds = findRunningSmbds();
  // A server in a root folder of its own names its files as it sees them; it is known by the configuration it was given.
  const given = smbds.find((smbd) => isSame(confPathOf(smbd), path));
  if (given !== undefined) {
    const conf = read(path, given.root);
    return describe(path, conf, given, ownPathOf(given, conf));
  }
  const conf = read(path);
  const configured = globalParameter(conf, 'lock directory', 'lock dir');
  const lockDirectory = configured ?? compiledLockDirectory();
  // A folder that is only where we guess it says nothing of a server that sees another root than we do.
  const running = smbds.find(
    (smbd) => (configured !== undefined || smbd.root === '') && isSame(smbd.lockDirectory, lockDirectory),
  );
  return describe(path, conf, running ?? nobody, lockDirectory);
}

const nobody: Found = { pid: null, root: '', isClustered: false, sharesPidNamespace: true };

/** The lock directory as the configuration names it where that is the same folder to us: that path outlives the process. */
function ownPathOf({ lockDirectory }: RunningSmbd, conf: SmbConf): string {
  const named = globalParameter(conf, 'lock directory', 'lock dir');
  return named !== undefined && isSame(lockDirectory, named) ? named : lockDirectory;
}

function locateRunning(): SambaInstance {
  const all = findRunningSmbds();
  const ours = all.filter((smbd) => smbd.root === '');
  const candidates = ours.length > 0 ? ours : all;
  if (candidates.length > 1) {
    const places = candidates.map((smbd) => `${smbd.lockDirectory} (pid ${smbd.pid})`).join(', ');
    throw new InstanceError('SAMBA_AMBIGUOUS', `several Samba servers run here: ${places}; name one with --smb-conf`);
  }
  const smbd = candidates[0];
  if (smbd !== undefined) return describeRunning(smbd);
  const smbConf = compiledSmbConfs.find((path) => existsSync(path));
  if (smbConf !== undefined) return locateConfigured(smbConf);
  const places = compiledLockDirectories.join(', ');
  throw new InstanceError('SAMBA_ABSENT', `no smbd runs here, and there is no smb.conf nor any of ${places}`);
}

function describeRunning(smbd: RunningSmbd): SambaInstance {
  const path = confPathOf(smbd);
  return describe(
    path,
    path === null ? { sections: new Map(), files: [] } : read(path, smbd.root),
    smbd,
    smbd.lockDirectory,
  );
}

/** The configuration file that a server uses, as a path of ours. */
function confPathOf(smbd: RunningSmbd): string | null {
  const named = smbConfOf(smbd.pid);
  const candidates = named === undefined ? compiledSmbConfs : [named];
  return candidates.map((path) => join(smbd.root, '/', path)).find((path) => existsSync(path)) ?? null;
}

type Found = Pick<RunningSmbd, 'root' | 'isClustered' | 'sharesPidNamespace'> & { readonly pid: number | null };

function describe(smbConfPath: string | null, conf: SmbConf, found: Found, lockDirectory: string): SambaInstance {
  const security = globalParameter(conf, 'security') ?? 'auto';
  const role = globalParameter(conf, 'server role') ?? 'auto';
  const isDomainMember = /^(ads|domain)$/i.test(security) || /member|domain controller|\bdc\b/i.test(role);
  const name = globalParameter(conf, 'workgroup') ?? 'WORKGROUP';
  return {
    pid: found.pid,
    smbConfPath,
    root: found.root,
    lockDirectory,
    isClustered: found.isClustered || isYes(globalParameter(conf, 'clustering')),
    sharesPidNamespace: found.sharesPidNamespace,
    netbiosName: (globalParameter(conf, 'netbios name') ?? hostname().split('.')[0]!).toUpperCase().slice(0, 15),
    confFiles: conf.files,
    forcedShares: smbConfPath === null ? 'unknown' : forcedShares(conf),
    sharePaths: sharePaths(conf),
    isDomainMember,
    ...(isDomainMember && { directory: { name, dnsName: globalParameter(conf, 'realm') ?? null } }),
  };
}

function read(path: string, root = ''): SmbConf {
  try {
    return readSmbConf(path, root);
  } catch (error) {
    throw new InstanceError('SMB_CONF_UNREADABLE', `${path} can't be read: ${(error as Error).message}`);
  }
}

function compiledLockDirectory(): string {
  return compiledLockDirectories.find((path) => existsSync(path)) ?? compiledLockDirectories[0]!;
}

/** Whether two paths lead to one file or folder. */
function isSame(a: string | null, b: string): boolean {
  const [left, right] = [tryStat(a), tryStat(b)];
  return left !== undefined && right !== undefined && left.ino === right.ino && left.dev === right.dev;
}

function tryStat(path: string | null): Stats | undefined {
  try {
    return path === null ? undefined : statSync(path);
  } catch {
    return undefined;
  }
}
