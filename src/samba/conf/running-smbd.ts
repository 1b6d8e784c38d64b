import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A Samba server that runs here, as /proc shows it. */
export interface RunningSmbd {
  /** The parent of its processes. */
  readonly pid: number;
  /** What it sees as `/`, as a path of ours: empty, or `/proc/<pid>/root` for one in another root or mount namespace. */
  readonly root: string;
  /** Its lock directory, as a path of ours. */
  readonly lockDirectory: string;
  /** Its databases are ctdbd's: their names end in the node's number. */
  readonly isClustered: boolean;
  /** Whether the pids in its records are pids that we see. */
  readonly sharesPidNamespace: boolean;
}

const sessionFile = /^(\/.*)\/smbXsrv_session_global\.tdb(\.\d+)?$/;

/**
 * Finds running Samba servers by the session database that their processes hold open. Takes some milliseconds, no
 * subprocess. Processes whose files we may not look at are passed over.
 */
export function findRunningSmbds(): RunningSmbd[] {
  const found = new Map<string, RunningSmbd>();
  const ownRoot = tryReadlink('/proc/self/root') ?? '/';
  const ownMounts = tryReadlink('/proc/self/ns/mnt');
  const ownPids = tryReadlink('/proc/self/ns/pid');
  for (const pid of parentSmbds()) {
    const process = `/proc/${pid}`;
    const open = openSessionFile(process);
    if (open === undefined) continue;
    const isOurView = tryReadlink(`${process}/root`) === ownRoot && tryReadlink(`${process}/ns/mnt`) === ownMounts;
    const root = isOurView ? '' : `${process}/root`;
    const key = `${tryReadlink(`${process}/ns/mnt`)} ${tryReadlink(`${process}/root`)} ${open.folder}`;
    if (found.has(key)) continue;
    found.set(key, {
      pid,
      root,
      lockDirectory: join(root, '/', open.folder),
      isClustered: open.isClustered,
      sharesPidNamespace: tryReadlink(`${process}/ns/pid`) === ownPids,
    });
  }
  return [...found.values()];
}

/** Each server has one smbd that is no other's child; it has one child per connection. */
function parentSmbds(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map<number, number>();
  for (const pid of pids.map(Number)) {
    const stat = readStat(pid);
    if (stat?.isSmbd) parents.set(pid, stat.parent);
  }
  return [...parents].filter(([, parent]) => !parents.has(parent)).map(([pid]) => pid);
}

/** Whether a process of ours to see is an smbd that lives. */
export function isSmbd(pid: number): boolean {
  return readStat(pid)?.isSmbd === true;
}

/** `/proc/<pid>/stat`: pid, command in parentheses (which may hold anything), state, parent. */
function readStat(pid: number): { isSmbd: boolean; parent: number } | undefined {
  try {
    const match = /^\d+ \((.*)\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    if (match === null) return undefined;
    const [, command, state, parent] = match;
    // A process that has ended stands there until its parent has asked for it: Z, then X.
    return { isSmbd: command!.startsWith('smbd') && state !== 'Z' && state !== 'X', parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** The folder of the session database that a process holds open, as the process names it. */
function openSessionFile(process: string): { folder: string; isClustered: boolean } | undefined {
  let descriptors: string[];
  try {
    descriptors = readdirSync(`${process}/fd`);
  } catch {
    return undefined;
  }
  for (const descriptor of descriptors) {
    const match = sessionFile.exec(tryReadlink(`${process}/fd/${descriptor}`) ?? '');
    if (match !== null) return { folder: underRoot(match[1]!, process), isClustered: match[2] !== undefined };
  }
  return undefined;
}

/** The kernel tells a path of a chrooted process from our root; what the process sees lacks its root's prefix. */
export function underRoot(folder: string, process: string): string {
  const root = tryReadlink(`${process}/root`);
  if (root === undefined || root === '/') return folder;
  return folder.startsWith(`${root}/`) ? folder.slice(root.length) : folder;
}

function tryReadlink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** The configuration file that a server was started with, as the server names it. */
export function smbConfOf(pid: number): string | undefined {
  const [, ...words] = readCommandLine(pid);
  for (const [i, word] of words.entries()) {
    const long = /^--configfile=(.+)$/.exec(word)?.[1];
    if (long !== undefined) return long;
    if (word === '--configfile' || /^-[A-Za-z]*s$/.test(word)) return words[i + 1];
    const attached = /^-s=?(\/.+)$/.exec(word)?.[1];
    if (attached !== undefined) return attached;
  }
  return undefined;
}

function readCommandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
