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

/** How many files and directories a session has open. */
export interface OpenCounts {
  of(session: SessionGlobal, treeConnects: readonly TreeConnect[]): OpenCount;
}

/**
 * Counts opens by session. Since 4.23 an open names its session and tree connect: exact, without pipes. Before, only
 * the smbd process and the owner's SID tie them: a sum over the sessions that share both, pipes included.
 */
export function countOpens(
  opens: Iterable<OpenGlobal>,
  tcons: ReadonlyMap<number, { readonly value: TconGlobal | undefined }>,
  sessions: Iterable<SessionGlobal>,
): OpenCounts {
  const bySession = new Map<number, number>();
  const byOwner = new Map<string, number>();
  for (const open of opens) {
    if (isDisconnected(open.serverId)) continue;
    if (open.sessionGlobalId === null) {
      add(byOwner, ownerKey(open.serverId, open.openOwner));
    } else if (!isIpc(tcons.get(open.tconGlobalId!)?.value?.shareName)) {
      add(bySession, open.sessionGlobalId);
    }
  }
  return byOwner.size === 0 ? exactCounts(bySession) : ownerCounts(byOwner, sessions);
}

export function isIpc(shareName: string | undefined): boolean {
  return shareName?.toUpperCase() === 'IPC$';
}

function exactCounts(bySession: ReadonlyMap<number, number>): OpenCounts {
  return {
    of: ({ sessionGlobalId }) => ({ numOpens: bySession.get(sessionGlobalId) ?? 0, certainty: 'exact' }),
  };
}

function ownerCounts(byOwner: ReadonlyMap<string, number>, sessions: Iterable<SessionGlobal>): OpenCounts {
  const sharers = new Map<string, number>();
  const owners = new Set<string>();
  for (const session of sessions) {
    const key = ownerKeyOf(session);
    add(sharers, key);
    owners.add(key);
  }
  // Opens of an owner that no session of the process has: `force user` makes another of them. They may be anybody's.
  const strays = new Map<string, number>();
  for (const [key, count] of byOwner) {
    if (!owners.has(key)) add(strays, processOf(key), count);
  }
  return {
    of(session, treeConnects) {
      const key = ownerKeyOf(session);
      const stray = strays.get(processOf(key)) ?? 0;
      const numOpens = (byOwner.get(key) ?? 0) + stray;
      const mayHavePipes = treeConnects.some(({ shareName }) => isIpc(shareName));
      const isExact = numOpens === 0 || (sharers.get(key) === 1 && stray === 0 && !mayHavePipes);
      return { numOpens, certainty: isExact ? 'exact' : 'upper_bound' };
    },
  };
}

function ownerKeyOf(session: SessionGlobal): string {
  return ownerKey(session.channels[0]!.serverId, session.authSessionInfo?.userSid ?? null);
}

function ownerKey({ pid, uniqueId }: ServerId, sid: string | null): string {
  return `${pid}.${uniqueId} ${sid}`;
}

function processOf(key: string): string {
  return key.slice(0, key.indexOf(' '));
}

function add<K>(counts: Map<K, number>, key: K, count = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
