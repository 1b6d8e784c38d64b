import type { Full, Session, SessionSource, UserDirectory } from '../../src/sessions/index.ts';

/** A session with plain values, and what a test says otherwise. */
export function someSession(sessionGlobalId: number, changes: Partial<Session> = {}): Session {
  return {
    location: { instance: 1, sessionGlobalId, creationTime: 134_400_300_000_000_000n },
    user: {
      domain: 'LOCAL',
      authId: '1000',
      uid: 20_001,
      gid: 20_001,
      sid: 'S-1-5-21-1-2-3-1000',
      name: 'alice',
      names: ['alice', 'server\\alice'],
    },
    isGuest: false,
    isAnonymous: false,
    openedAt: 1_795_556_400_000_000,
    authenticatedAt: 1_795_556_400_000_000,
    expiresAt: null,
    lastActiveAt: null,
    idleCertainty: 'unknown',
    dialect: '3.1.1',
    encryption: 'none',
    channels: [
      {
        client: { address: '192.0.2.77', port: 50_123 },
        server: { address: '192.0.2.1', port: 445 },
        openedAt: 1_795_556_400_000_000,
      },
    ],
    treeConnects: [{ shareName: 'docs', openedAt: null, encryption: 'none' }],
    shareNames: ['docs'],
    numOpens: 2,
    numOpensCertainty: 'exact',
    pid: 4711,
    ...changes,
  };
}

/** A session of which is known what smbstatus says before 4.20: no times, no address of the server, no SID. */
export function sparseSession(sessionGlobalId: number): Session {
  const { user, channels } = someSession(sessionGlobalId);
  return someSession(sessionGlobalId, {
    location: { instance: 1, sessionGlobalId, creationTime: 0n },
    user: { ...user, authId: null, sid: null },
    openedAt: null,
    authenticatedAt: null,
    channels: [{ ...channels[0], server: null, openedAt: null }],
  });
}

/** A source of these sessions, complete. */
export function sourceOf(sessions: readonly Session[]): SessionSource {
  const full: Full = {
    kind: 'full',
    parts: [
      { instance: 1, node: null, takenAt: 1_795_556_500_000_000, verdict: 'complete', problems: [], recording: null },
    ],
    sessions,
  };
  return { refresh: async () => full };
}

/** A source that can read nothing, for this reason. */
export function absentSource(code: string, message: string): SessionSource {
  const part = {
    instance: 1,
    node: null,
    takenAt: null,
    verdict: 'partial',
    problems: [{ code, message }],
    recording: null,
  } as const;
  return { refresh: async () => ({ kind: 'full', parts: [part], sessions: [] }) };
}

/** A directory that knows nobody. */
export const emptyDirectory: UserDirectory = { lookUp: async () => ({ verdict: 'unknown', accounts: [] }) };
