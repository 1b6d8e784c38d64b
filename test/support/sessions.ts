import {
  type CloseOptions,
  type CloseOutcome,
  type Closer,
  type Full,
  formatLocation,
  type Location,
  type PlannedClose,
  type Session,
  type SessionSource,
  type UserDirectory,
} from '../../src/sessions/index.ts';

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

/** What a closer in memory was told to do. */
export interface TestCloser extends Closer {
  readonly planned: string[];
  readonly closed: string[];
  readonly options: CloseOptions[];
}

/**
 * A closer of these sessions, which ends them at once, and what a test says otherwise of their cost and of what becomes of
 * each.
 */
export function closerOf(
  sessions: readonly Session[],
  costs: Partial<PlannedClose> = {},
  outcome: (location: Location) => Partial<CloseOutcome> | Promise<Partial<CloseOutcome>> = () => ({}),
): TestCloser {
  const live = new Map(sessions.map((session) => [formatLocation(session.location), session]));
  const closer: TestCloser = {
    planned: [],
    closed: [],
    options: [],
    plan: async (locations) => {
      const closes = locations.map((location) => plannedClose(location, live.get(formatLocation(location)), costs));
      closer.planned.push(...locations.map(formatLocation));
      return { madeAt: 1_795_556_500_000_000, closes, problems: [] };
    },
    async *close({ closes }, { signal, ...options }) {
      closer.options.push(options);
      for (const { location, notClosable } of closes) {
        if (signal?.aborted) {
          yield { location, ...nothing, result: 'failed', message: 'given up' };
          continue;
        }
        const name = formatLocation(location);
        const isThere = notClosable === null && live.delete(name);
        if (isThere) closer.closed.push(name);
        yield {
          location,
          ...nothing,
          ...(isThere ? { result: 'closed', message: '', tookMs: 3 } : { result: 'gone', message: 'already gone' }),
          ...(isThere && (await outcome(location))),
        };
      }
    },
  };
  return closer;
}

const nothing = { tookMs: null, filesClosed: 0, cameBackAs: null, cameBackAt: null };

function plannedClose(location: Location, session: Session | undefined, costs: Partial<PlannedClose>): PlannedClose {
  const isThere = session !== undefined;
  return {
    location,
    session: session ?? null,
    notClosable: isThere ? null : 'gone',
    numOpens: session?.numOpens ?? 0,
    numOpensCertainty: session?.numOpensCertainty ?? 'unknown',
    numOpensForWriting: isThere ? 0 : null,
    files: [],
    numDurable: 0,
    numNeighbours: costs.neighbours?.length ?? 0,
    neighbours: [],
    warnings: [],
    ...(isThere && costs),
  };
}
