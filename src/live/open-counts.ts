import type { ForcedShares } from '../samba/conf/index.ts';
import {
  isDisconnected,
  type OpenGlobal,
  type ServerId,
  type SessionGlobal,
  type TconGlobal,
} from '../samba/records/index.ts';
import type { Certainty, TreeConnect } from '../sessions/index.ts';

export interface OpenCount {
  readonly numOpens: number;
  readonly certainty: Certainty;
}

/** Whom an open can belong to, where only its process and its owner are known. */
export interface Holder {
  readonly serverId: Process;
  readonly owner: string | null;
  readonly trees: Trees;
}

/** An open of which no more is known. */
export interface Owned {
  readonly serverId: Process;
  readonly openOwner: string | null;
}

type Process = Pick<ServerId, 'pid' | 'uniqueId'>;

/** A session and what it is connected to. */
export interface Connected extends Holder {
  readonly row: SessionGlobal;
}

/** The tree connects of a session. */
export interface Trees {
  readonly treeConnects: readonly TreeConnect[];
  /** `smbXsrv_encryption_flags` of those that are not IPC$. */
  readonly shareFlags: readonly number[];
  /** Names of those that are not IPC$, each once, sorted. */
  readonly shareNames: readonly string[];
}

/** How many files and directories a session has open. */
export type CountOpens<S extends Holder = Connected> = (session: S) => OpenCount;

export function isIpc(shareName: string | undefined): boolean {
  return shareName?.length === 4 && shareName.toUpperCase() === 'IPC$';
}

/**
 * Counts opens by session. Since 4.23 an open names its session and tree connect: exact, without pipes. Before, only the
 * smbd process and the owner's SID tie them, see `countByOwner`.
 */
export function countOpens(
  opens: readonly OpenGlobal[],
  tcons: ReadonlyMap<number, { readonly value: TconGlobal | undefined }>,
  sessions: readonly Connected[],
  forced: ForcedShares,
): CountOpens {
  const connected = opens.filter(({ serverId }) => !isDisconnected(serverId));
  if (connected.some(({ sessionGlobalId }) => sessionGlobalId === null))
    return countByOwner(connected, sessions, forced);
  const bySession = new Map<number, number>();
  for (const { sessionGlobalId, tconGlobalId } of connected) {
    if (!isIpc(tcons.get(tconGlobalId!)?.value?.shareName)) add(bySession, sessionGlobalId!);
  }
  return ({ row }) => ({ numOpens: bySession.get(row.sessionGlobalId) ?? 0, certainty: 'exact' });
}

/** The sessions of one smbd process and what it has open, as far as the records of before 4.23 say. */
class ProcessOpens {
  private readonly sessionsByOwner = new Map<string | null, number>();
  private readonly opensByOwner = new Map<string | null, number>();
  private readonly forced: ForcedShares;
  /** Tells it from another one that had the same pid. */
  readonly uniqueId: bigint;
  private numSessions = 0;
  private numForced = 0;
  private numOpens = 0;
  private mayHavePipes = false;
  private numStrays: number | undefined;

  constructor(uniqueId: bigint, forced: ForcedShares) {
    this.uniqueId = uniqueId;
    this.forced = forced;
  }

  addSession(session: Holder): void {
    this.numSessions++;
    if (this.isForced(session)) this.numForced++;
    this.mayHavePipes ||= session.trees.shareFlags.length < session.trees.treeConnects.length;
    add(this.sessionsByOwner, session.owner);
  }

  addOpen(owner: string | null): void {
    this.numOpens++;
    add(this.opensByOwner, owner);
  }

  count(session: Holder): OpenCount {
    const isForced = this.isForced(session);
    const isAlone = this.numSessions === 1;
    // Opens of an owner that no session of the process has may be anybody's.
    const numOpens = isAlone || isForced ? this.numOpens : this.opensOf(session.owner) + this.strays;
    const isSole = this.sessionsByOwner.get(session.owner) === 1 && this.strays === 0 && this.numForced === 0;
    const isExact = numOpens === 0 || ((isAlone || isSole) && !this.mayHavePipes);
    return { numOpens, certainty: isExact ? 'exact' : 'upper_bound' };
  }

  private opensOf(owner: string | null): number {
    return this.opensByOwner.get(owner) ?? 0;
  }

  /** Counted once, after all opens have been added. */
  private get strays(): number {
    if (this.numStrays === undefined) {
      this.numStrays = 0;
      for (const [owner, count] of this.opensByOwner) if (!this.sessionsByOwner.has(owner)) this.numStrays += count;
    }
    return this.numStrays;
  }

  private isForced({ trees }: Holder): boolean {
    const { forced } = this;
    if (forced !== 'unknown' && forced.size === 0) return false;
    return forced === 'unknown' || trees.shareNames.some((name) => forced.has(name.toLowerCase()));
  }
}

/**
 * By process and owner: a sum over the sessions that share both, pipes included. On shares with `force user` the owner
 * is another than the session's user, so that a session connected to one may own any open of its process.
 */
export function countByOwner(
  opens: readonly Owned[],
  sessions: readonly Holder[],
  forced: ForcedShares,
): CountOpens<Holder> {
  const processes = new Map<number, ProcessOpens>();
  for (const session of sessions) {
    const { pid, uniqueId } = session.serverId;
    let process = processes.get(pid);
    if (process === undefined) {
      process = new ProcessOpens(uniqueId, forced);
      processes.set(pid, process);
    }
    process.addSession(session);
  }
  for (const { serverId, openOwner } of opens) {
    const process = processes.get(serverId.pid);
    if (process?.uniqueId === serverId.uniqueId) process.addOpen(openOwner);
  }
  return (session) => processes.get(session.serverId.pid)!.count(session);
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
