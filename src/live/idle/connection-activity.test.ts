import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConnectionActivity, type Counters, judge, type Usage } from './connection-activity.ts';

const second = 1_000_000;

function counters(takenAt: number, received: number, sent: number, segments: number, receivedAt = takenAt): Counters {
  return { takenAt, receivedAt, cookie: 1, bytesReceived: received, bytesSent: sent, segmentsReceived: segments };
}

const usage: Usage = { owner: 'a', openedAt: 0, isEncrypted: false, isSmb1: false, numTreeConnects: 1 };
const encrypted: Usage = { ...usage, isEncrypted: true };
const shared: Usage = { ...usage, owner: null };

describe('judge', () => {
  test.each([
    [0, 0, 0, false, 'nothing'],
    [0, 92, 0, false, 'nothing'], // the server breaks an oplock
    [72, 72, 1, false, 'signs of life'],
    [144, 144, 2, false, 'signs of life'],
    [72, 144, 1, false, 'signs of life'],
    [864, 864, 12, false, 'signs of life'],
    [72, 72, 1, true, 'signs of life'], // smbclient's goes plain
    [124, 124, 1, true, 'signs of life'],
    [248, 248, 2, true, 'signs of life'],
    [72, 0, 1, false, 'half a sign of life'],
    [144, 72, 2, false, 'half a sign of life'],
    [124, 0, 1, true, 'half a sign of life'],
    [124, 124, 1, false, 'work'], // an IOCTL could be that
    [196, 196, 2, true, 'work'], // one plain, one encrypted: too rare to tell from others
    [144, 144, 1, false, 'work'],
    [72, 72, 2, false, 'work'],
    [72, 149, 1, false, 'work'], // a CANCEL, and what it cancelled
    [92, 128, 1, false, 'work'], // CLOSE
    [117, 84, 1, false, 'work'], // WRITE
    [189, 156, 2, false, 'work'], // WRITE and ECHO
    [1, 0, 1, false, 'work'], // a part of something
  ])('%i bytes in, %i out, %i segments, encrypted %s: %s', (received, sent, segments, isEncrypted, what) => {
    expect(
      judge(counters(0, 1000, 2000, 10), counters(1, 1000 + received, 2000 + sent, 10 + segments), {
        isEncrypted,
        isSmb1: false,
      }),
    ).toBe(what);
  });
});

test('all of SMB1 is work', () => {
  const after = counters(1, 72, 72, 1);
  expect(judge(counters(0, 0, 0, 0), after, { isEncrypted: false, isSmb1: true })).toBe('work');
  expect(judge(after, after, { isEncrypted: false, isSmb1: true })).toBe('nothing');
});

describe('the activity of a connection', () => {
  const start = () => new ConnectionActivity(counters(10 * second, 1000, 1000, 10, 3 * second), usage, null);

  test('what was before the first look is a bound', () => {
    expect(start().work).toEqual({ at: 3 * second, isExact: false });
  });

  test.each([
    ['made since the look before', 5, 6, 'a', true],
    ['made before that', 7, 6, 'a', false],
    ['made since a look too long ago', -6, 6, 'a', false],
    ['with more than one session', 5, 6, null, false],
    ['whose begin is not known', 5, null, 'a', false],
  ])('one %s', (_, formerLook, opened, owner, isExact) => {
    const of = { ...usage, owner, openedAt: opened && opened * second };
    const activity = new ConnectionActivity(counters(10 * second, 1, 1, 1, 7 * second), of, formerLook * second);
    expect(activity.work).toEqual({ at: 7 * second, isExact });
  });

  test.each<[string, readonly [Counters, Usage][], number, boolean]>([
    ['nothing', [[counters(20 * second, 1000, 1092, 10), usage]], 3, false],
    ['signs of life', [[counters(20 * second, 1144, 1144, 12), usage]], 3, false],
    ['work', [[counters(20 * second, 1117, 1084, 11, 18 * second), usage]], 18, true],
    ['work seen too late', [[counters(40 * second, 1117, 1084, 11, 18 * second), usage]], 18, false],
    ['work of one of several', [[counters(20 * second, 1117, 1084, 11, 18 * second), shared]], 18, false],
    [
      'work of another than before',
      [[counters(20 * second, 1117, 1084, 11, 18 * second), { ...usage, owner: 'b' }]],
      18,
      false,
    ],
    [
      'a share left',
      [[counters(20 * second, 1072, 1072, 11, 18 * second), { ...usage, numTreeConnects: 0 }]],
      18,
      true,
    ],
    [
      'a share left that the records told later',
      [
        [counters(20 * second, 1072, 1072, 11, 18 * second), usage],
        [counters(21 * second, 1072, 1072, 11, 18 * second), { ...usage, numTreeConnects: 0 }],
      ],
      18,
      true,
    ],
    ['a sign of life that is not answered yet', [[counters(20 * second, 1072, 1000, 11), usage]], 20, false],
    [
      'one that is, later',
      [
        [counters(20 * second, 1072, 1000, 11), usage],
        [counters(21 * second, 1072, 1072, 11, 20 * second), usage],
      ],
      3,
      false,
    ],
    [
      'a sign of life, and then work, between two looks',
      [
        [counters(20 * second, 1072, 1000, 11), usage],
        [counters(21 * second, 1189, 1156, 12, 20 * second), usage],
      ],
      20,
      true,
    ],
    [
      'signs of life of a session that has become encrypted',
      [[counters(20 * second, 1124, 1124, 11), encrypted]],
      3,
      false,
    ],
  ])('%s', (_, looks, atSeconds, isExact) => {
    const activity = start();
    for (const [seen, of] of looks) activity.look(seen, of);
    expect(activity.work).toEqual({ at: atSeconds * second, isExact });
  });
});

/** A client that works and gives signs of life as it likes, and a server that answers some time later. */
test('whatever comes when, no work is told too old, and exact means within two looks', () => {
  const event = fc.record({
    afterMicros: fc.integer({ min: 0, max: 12 * second }),
    what: fc.constantFrom('work', 'sign', 'sign', 'look', 'look'),
    answerMicros: fc.integer({ min: 0, max: second }),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.boolean(), (events, isEncrypted) => {
      const of = isEncrypted ? encrypted : usage;
      const came: { at: number; answeredAt: number; isWork: boolean }[] = [{ at: 0, answeredAt: 0, isWork: true }];
      let activity: ConnectionActivity | undefined;
      let at = 0;
      for (const { afterMicros, what, answerMicros } of events) {
        at += afterMicros;
        if (what !== 'look') {
          // It has answered the one before by then.
          came.at(-1)!.answeredAt = Math.min(came.at(-1)!.answeredAt, at);
          came.push({ at, answeredAt: at + answerMicros, isWork: what === 'work' });
          continue;
        }
        const sizes = (isWork: boolean) =>
          (isWork ? [117, 84] : isEncrypted ? [124, 124] : [72, 72]) as [number, number];
        const received = came.reduce((sum, { isWork }) => sum + sizes(isWork)[0], 0);
        const sent = came.reduce((sum, one) => sum + (one.answeredAt <= at ? sizes(one.isWork)[1] : 0), 0);
        const seen = counters(at, received, sent, came.length, came.at(-1)!.at);
        if (activity === undefined) activity = new ConnectionActivity(seen, of, null);
        else activity.look(seen, of);
        const workedAt = came.findLast(({ isWork }) => isWork)!.at;
        expect(activity.work.at).toBeGreaterThanOrEqual(workedAt);
        if (activity.work.isExact) expect(activity.work.at - workedAt).toBeLessThanOrEqual(15 * second);
      }
    }),
    { numRuns: 2000 },
  );
});
