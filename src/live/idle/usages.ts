import type { Instant, Session } from '../../sessions/index.ts';
import type { Usage } from './connection-activity.ts';
import { connectionKey } from './connections.ts';

/** The connections of a list of sessions. */
export interface Usages {
  readonly sessions: readonly Session[];
  /** Of each session, in the order of the list; null for a channel whose connection is not known. */
  readonly keys: readonly (readonly (string | null)[])[];
  readonly usages: ReadonlyMap<string, Usage>;
}

type Draft = { -readonly [K in keyof Usage]: Usage[K] };

/** Who uses which connection, and how. */
export function usagesOf(sessions: readonly Session[]): Usages {
  const usages = new Map<string, Draft>();
  const keys = sessions.map((session) =>
    session.channels.map((channel) => {
      const key = connectionKey(channel);
      if (key !== null) usages.set(key, merge(usages.get(key), session, channel.openedAt));
      return key;
    }),
  );
  return { sessions, keys, usages };
}

function merge(former: Draft | undefined, session: Session, openedAt: Instant | null): Draft {
  const { sessionGlobalId, creationTime } = session.location;
  const isEncrypted = session.encryption === 'full';
  const isSmb1 = session.dialect === 'NT1';
  const numTreeConnects = session.treeConnects.length;
  if (former === undefined) {
    return { owner: `${sessionGlobalId}.${creationTime}`, openedAt, isEncrypted, isSmb1, numTreeConnects };
  }
  former.owner = null;
  former.openedAt = former.openedAt === null || openedAt === null ? null : Math.min(former.openedAt, openedAt);
  former.isEncrypted &&= isEncrypted;
  former.isSmb1 ||= isSmb1;
  former.numTreeConnects += numTreeConnects;
  return former;
}
