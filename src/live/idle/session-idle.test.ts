import { expect, test } from 'vitest';
import { someSession } from '../../../test/support/sessions.ts';
import type { Session } from '../../sessions/index.ts';
import type { Work } from './connection-activity.ts';
import { sessionIdle } from './session-idle.ts';

const second = 1_000_000;
const lookedAt = 2_000_000_000 * second;
const ago = (seconds: number) => lookedAt - seconds * second;
const { channels: some } = someSession(1);

/** Logged in 100 s ago. */
function session(changes: Partial<Session> = {}): Session {
  const channels: Session['channels'] = [{ ...some[0], openedAt: ago(101) }];
  return someSession(1, { authenticatedAt: ago(100), openedAt: ago(101), channels, treeConnects: [], ...changes });
}

const tree = (openedAt: number | null) => ({ shareName: 'docs', openedAt, encryption: 'none' }) as const;
const seen = (seconds: number, isExact = true): Work => ({ at: ago(seconds), isExact });

test.each<[string, Partial<Session>, (Work | null)[], number | null, Session['idleCertainty']]>([
  ['work that was seen', {}, [seen(7)], 7, 'exact'],
  ['a bound', {}, [seen(7, false)], 7, 'lower_bound'],
  ['SMB1', { dialect: 'NT1' }, [seen(7)], 7, 'lower_bound'],
  ['the last of several channels', {}, [seen(9), seen(7), seen(8, false)], 7, 'exact'],
  ['the last of several channels, a bound', {}, [seen(9), seen(7, false)], 7, 'lower_bound'],
  ['a channel that is not known', {}, [seen(7), null], null, 'unknown'],
  ['a bound that is when it logged in', {}, [seen(99.96, false)], 99.96, 'exact'],
  [
    'a bound that is when it took a share',
    { treeConnects: [tree(ago(50)), tree(null)] },
    [seen(50, false)],
    50,
    'exact',
  ],
  ['a share taken since', { treeConnects: [tree(ago(5))] }, [seen(50)], 5, 'exact'],
  ['a share taken by another clock', { treeConnects: [tree(ago(-5))] }, [seen(50, false)], 50, 'lower_bound'],
])('%s', (_, changes, works, seconds, idleCertainty) => {
  const lastActiveAt = seconds === null ? null : ago(seconds);
  expect(sessionIdle(session(changes), works, lookedAt, null)).toEqual({ lastActiveAt, idleCertainty });
});

test.each<[string, Work, number, Session['idleCertainty']]>([
  ['it may have worked over that until then', seen(7), 5, 'lower_bound'],
  ['it has worked over another since', seen(3), 3, 'exact'],
  ['that did nothing that was seen', seen(80, false), 5, 'lower_bound'],
])('a channel that is gone: %s', (_, work, seconds, idleCertainty) => {
  expect(sessionIdle(session(), [work], lookedAt, ago(5))).toEqual({ lastActiveAt: ago(seconds), idleCertainty });
});
