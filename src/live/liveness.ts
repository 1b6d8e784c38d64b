import { readdirSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { isSmbd, type SambaInstance } from '../samba/conf/index.ts';
import type { ServerId } from '../samba/records/index.ts';

/** SERVERID_UNIQUE_ID_NOT_TO_VERIFY */
const notToVerify = 0xffff_ffff_ffff_ffffn;

interface KnownLock {
  readonly ino: number;
  readonly mtimeMs: number;
  readonly uniqueId: bigint;
}

/** What one look at the processes showed. Two processes of one pid can't live at once. */
export class LivenessCheck {
  private readonly look: (serverId: ServerId) => boolean;
  private readonly seen = new Map<number, { readonly serverId: ServerId; readonly lives: boolean }[]>();

  constructor(look: (serverId: ServerId) => boolean) {
    this.look = look;
  }

  lives(serverId: ServerId): boolean {
    const ofPid = this.seen.get(serverId.pid);
    const known = ofPid?.find((one) => one.serverId.uniqueId === serverId.uniqueId);
    if (known !== undefined) return known.lives;
    const lives = this.look(serverId);
    if (ofPid === undefined) this.seen.set(serverId.pid, [{ serverId, lives }]);
    else ofPid.push({ serverId, lives });
    return lives;
  }

  /** Whether another look shows the same of every process that this one was asked about. */
  isSameAs(later: LivenessCheck): boolean {
    for (const ofPid of this.seen.values()) {
      for (const { serverId, lives } of ofPid) if (later.lives(serverId) !== lives) return false;
    }
    return true;
  }
}

/**
 * Tells which smbd processes live. Each has a file `msg.lock/<pid>` with its unique id in it, which its parent removes
 * when it dies; where the server's pids are ours, the process must exist as well, since nobody removes the files of a
 * server that was killed whole.
 */
export class Liveness {
  private readonly folder: string;
  private readonly sharesPidNamespace: boolean;
  private readonly parent: number | null;
  private known = new Map<number, KnownLock>();

  constructor(instance: SambaInstance) {
    this.folder = join(instance.lockDirectory, 'msg.lock');
    this.sharesPidNamespace = instance.sharesPidNamespace;
    this.parent = instance.pid;
  }

  /** A check for one refresh: each process is looked at once. */
  check(): LivenessCheck {
    const former = this.known;
    this.known = new Map();
    return new LivenessCheck((serverId) => this.lives(serverId, former));
  }

  /** Whether the process lives at this very moment: nothing that is known of it is used again. */
  livesNow(serverId: ServerId): boolean {
    return this.look(serverId, () => undefined) !== undefined;
  }

  /** Whether any smbd of this server runs. */
  isServerRunning(): boolean {
    let names: string[];
    try {
      names = readdirSync(this.folder);
    } catch {
      return false;
    }
    // In a pid namespace of its own, its lock files have pids of there; the parent that was found has one of ours.
    if (!this.sharesPidNamespace) return this.parent === null ? names.length > 0 : isSmbd(this.parent);
    return names.some((name) => isSmbd(Number(name)));
  }

  private lives(serverId: ServerId, former: ReadonlyMap<number, KnownLock>): boolean {
    const { pid } = serverId;
    const lock = this.look(
      serverId,
      (stat) => this.known.get(pid) ?? (isSame(former.get(pid), stat) ? former.get(pid) : undefined),
    );
    if (lock !== undefined) this.known.set(pid, lock);
    return lock !== undefined;
  }

  /** The lock of a process that lives and is no other than this. */
  private look({ pid, uniqueId }: ServerId, knownOf: (stat: Stats) => KnownLock | undefined): KnownLock | undefined {
    const path = join(this.folder, String(pid));
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || (this.sharesPidNamespace && !processExists(pid))) return undefined;
    const lock = knownOf(stat) ?? readLock(path, stat);
    return uniqueId === notToVerify || lock?.uniqueId === uniqueId ? lock : undefined;
  }
}

function isSame(known: KnownLock | undefined, { ino, mtimeMs }: Stats): boolean {
  return known !== undefined && known.ino === ino && known.mtimeMs === mtimeMs;
}

function readLock(path: string, { ino, mtimeMs }: Stats): KnownLock | undefined {
  try {
    const text = readFileSync(path, 'latin1').trim();
    return /^\d{1,20}$/.test(text) ? { ino, mtimeMs, uniqueId: BigInt(text) } : undefined;
  } catch {
    return undefined; // the process ended between two looks
  }
}

/** A process that has ended, but that its parent has not asked for yet, has no executable any more. */
function processExists(pid: number): boolean {
  try {
    readlinkSync(`/proc/${pid}/exe`);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'; // not ours to look at, but there
  }
}
