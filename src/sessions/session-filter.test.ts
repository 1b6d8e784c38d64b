import { describe, expect, test } from 'vitest';
import { someSession } from '../../test/support/sessions.ts';
import { filterSessions, idleClock, type Part, parseNetwork } from './index.ts';

describe('parseNetwork', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.70', false],
    ['192.0.2.0/24', '192.0.2.200', true],
    ['192.0.2.0/24', '192.0.3.1', false],
    ['0.0.0.0/0', '10.1.2.3', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['192.0.2.7', 'no address', false],
  ])('%s and %s: %s', (network, address, is) => {
    expect(parseNetwork(network)!(address)).toBe(is);
  });

  test.each(['', 'host', '192.0.2', '192.0.2.0/33', '2001:db8::/129', '1.2.3.4/x', '1.2.3.4/', '1.2.3.4/24/24'])(
    '%j is none',
    (text) => {
      expect(parseNetwork(text)).toBeNull();
    },
  );
});

test('a filter leaves out what does not match all of it', () => {
  const [client, server] = [
    { address: '192.0.2.9', port: 1 },
    { address: '192.0.2.1', port: 445 },
  ];
  const channels = [{ client, server, openedAt: null }] as const;
  const sessions = [someSession(1), someSession(2, { shareNames: ['Media'] }), someSession(3, { channels })];
  const ids = (filter: Parameters<typeof filterSessions>[1]) =>
    filterSessions(sessions, filter, () => 0).map(({ location }) => location.sessionGlobalId);
  expect(ids({})).toEqual([1, 2, 3]);
  expect(ids({ share: 'mEDIA' })).toEqual([2]);
  expect(ids({ from: parseNetwork('192.0.2.9')! })).toEqual([3]);
  expect(ids({ share: 'docs', from: parseNetwork('192.0.2.77')! })).toEqual([1]);
  expect(ids({ share: 'none' })).toEqual([]);
});

test('idle over: only what is known to be idle for so long', () => {
  const at = 1_795_556_500_000_000;
  const ago = (seconds: number) => at - seconds * 1_000_000;
  const sessions = [
    someSession(1, { lastActiveAt: ago(60), idleCertainty: 'exact' }),
    someSession(2, { lastActiveAt: ago(60), idleCertainty: 'lower_bound' }),
    someSession(3, { lastActiveAt: ago(60), idleCertainty: 'upper_bound' }),
    someSession(4),
    someSession(5, { lastActiveAt: ago(59), idleCertainty: 'exact' }),
    someSession(6, { lastActiveAt: ago(-1), idleCertainty: 'exact' }),
  ];
  const ids = (seconds: number) =>
    filterSessions(sessions, { idleOver: seconds * 1_000_000 }, () => at).map(
      ({ location }) => location.sessionGlobalId,
    );
  expect(ids(60)).toEqual([1, 2]);
  expect(ids(61)).toEqual([]);
  expect(ids(0)).toEqual([1, 2, 5, 6]);
});

test('idle is told for the moment when a session was read, never for a later one', () => {
  const part = (instance: number, node: number | null, takenAt: number | null): Part => ({
    ...{ instance, node, takenAt, verdict: 'complete', problems: [], recording: null },
  });
  const clock = idleClock(
    [part(1, null, 50), part(2, 0, 70), part(2, 1, 60), part(3, null, null), part(4, null, 200)],
    100,
  );
  const at = (instance: number) => clock(someSession(1, { location: { ...someSession(1).location, instance } }));
  expect([1, 2, 3, 4, 5].map(at)).toEqual([50, 60, 100, 100, 100]);
});
