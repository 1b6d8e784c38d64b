import type { Instant, Session } from '../../sessions/index.ts';
import type { Work } from './connection-activity.ts';

export type SessionIdle = Pick<Session, 'lastActiveAt' | 'idleCertainty'>;

export const unknownIdle: SessionIdle = { lastActiveAt: null, idleCertainty: 'unknown' };

/** Where two bounds are no further apart, they are one figure. */
const toleranceMicros = 50_000;

/**
 * Since when a session is idle. It was last active not later than the last of its connections, whoever used that, and not
 * earlier than the last thing that the records tell of it.
 *
 * @param works of each of its connections; null for one that is not known
 * @param lookedAt when the connections were looked at
 * @param lostAt when a channel was missed that it had before; null for never. What came over that last was not seen.
 */
export function sessionIdle(
  session: Session,
  works: readonly (Work | null)[],
  lookedAt: Instant,
  lostAt: Instant | null,
): SessionIdle {
  let last: Work | undefined;
  for (const work of works) {
    if (work === null) return unknownIdle;
    if (last === undefined || work.at > last.at) last = work;
  }
  if (last === undefined) return unknownIdle;
  const recordedAt = lastRecorded(session, lookedAt);
  const lastActiveAt = Math.max(last.at, recordedAt);
  if (lostAt !== null && lostAt > lastActiveAt) return { lastActiveAt: lostAt, idleCertainty: 'lower_bound' };
  // Signs of life of SMB1 are as long as other requests, and count as work.
  const isWatched = last.isExact && session.dialect !== 'NT1';
  const isExact = isWatched || lastActiveAt - recordedAt <= toleranceMicros;
  return { lastActiveAt, idleCertainty: isExact ? 'exact' : 'lower_bound' };
}

/** The last thing that the client did of which the records have the time; what is later than now is of another clock. */
function lastRecorded({ authenticatedAt, treeConnects, channels }: Session, lookedAt: Instant): Instant {
  let last = 0;
  const take = (at: Instant | null) => {
    if (at !== null && at > last && at <= lookedAt) last = at;
  };
  take(authenticatedAt);
  for (const { openedAt } of treeConnects) take(openedAt);
  for (const { openedAt } of channels) take(openedAt);
  return last;
}
