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

/**
 * Tells which smbd processes live. Each has a file `msg.lock/<pid>` with its unique id in it, which its parent removes
 * when it dies; where the server's pids are ours, the process must exist as well, since nobody removes the files of a
 * server that was killed whole.
 */
export class Liveness {
  private readonly folder: string;
  private readonly sharesPidNamespace: boolean;
  private known = new Map<number, KnownLock>();

  constructor(instance: SambaInstance) {
    this.folder = join(instance.lockDirectory, 'msg.lock');
    this.sharesPidNamespace = instance.sharesPidNamespace;
  }

  /** A check for one refresh: each process is looked at once. */
  check(): (serverId: ServerId) => boolean {
    const seen = new Map<string, boolean>();
    const former = this.known;
    this.known = new Map();
    return (serverId) => {
      const key = `${serverId.pid}.${serverId.uniqueId}`;
      let lives = seen.get(key);
      if (lives === undefined) {
        lives = this.lives(serverId, former);
        seen.set(key, lives);
      }
      return lives;
    };
  }

  /** Whether any smbd of this server runs. */
  isServerRunning(): boolean {
    let names: string[];
    try {
      names = readdirSync(this.folder);
    } catch {
      return false;
    }
    if (!this.sharesPidNamespace) return names.length > 0;
    return names.some((name) => isSmbd(Number(name)));
  }

  private lives({ pid, uniqueId }: ServerId, former: ReadonlyMap<number, KnownLock>): boolean {
    const path = join(this.folder, String(pid));
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || (this.sharesPidNamespace && !processExists(pid))) return false;
    const lock = this.known.get(pid) ?? (isSame(former.get(pid), stat) ? former.get(pid)! : readLock(path, stat));
    if (lock === undefined) return false;
    this.known.set(pid, lock);
    return uniqueId === notToVerify || lock.uniqueId === uniqueId;
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
