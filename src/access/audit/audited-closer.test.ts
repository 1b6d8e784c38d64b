import { describe, expect, test } from 'vitest';
import { closerOf, someSession } from '../../../test/support/sessions.ts';
import {
  AccessError,
  type Actor,
  type AuditEvent,
  type AuditLog,
  type CloseOptions,
  type Closer,
  formatLocation,
} from '../../sessions/index.ts';
import { auditCloses, auditPlans } from './audited-closer.ts';

const actor: Actor = { name: 'carol', accountId: '3000000001', tokenId: '7', from: '192.0.2.9' };
const sessions = [1, 2, 3].map((id) => someSession(id, { numOpens: id }));
const locations = sessions.map(({ location }) => location);
const [first, second, third] = locations.map(formatLocation);
const options: CloseOptions = { filesFirst: false, watchMs: 0, reason: 'moved' };
const full = new AccessError('AUDIT_UNWRITABLE', 'the disk is full');

/** A record in memory, which is full from then on that it is told to be. */
class MemoryLog implements AuditLog {
  readonly events: AuditEvent[] = [];
  isFull = false;

  async append(events: readonly AuditEvent[]) {
    // It takes a while, as on a disk.
    for (let turn = 0; turn < 20; turn++) await null;
    if (this.isFull) throw full;
    return events.map((event) => ({ seq: this.events.push(event), hash: '' }));
  }

  /** In short: target, outcome and the entry that it goes on from. */
  get lines() {
    return this.events.map(({ target, outcome, begunAs }) => [target, outcome, begunAs]);
  }
}

async function closeAll(closer: Closer, changes: Partial<CloseOptions> = {}, named = locations) {
  const results: string[] = [];
  for await (const { result } of closer.close(await closer.plan(named), { ...options, ...changes }))
    results.push(result);
  return results;
}

describe('a close', () => {
  test('is in the record before anything is sent, with its cost, and its outcome after', async () => {
    const log = new MemoryLog();
    const closer = closerOf(sessions, { numOpensForWriting: 1, numNeighbours: 4 }, () => {
      expect(log.events.filter(({ outcome }) => outcome === 'begun')).toHaveLength(3);
      return {};
    });
    expect(await closeAll(auditCloses(closer, log, actor), { filesFirst: true })).toEqual(Array(3).fill('closed'));
    expect(log.events[1]).toEqual({
      operation: 'smb_close_session',
      actor,
      target: second,
      user: 'alice',
      reason: 'moved',
      cost: { opens: 2, opensForWriting: 1, neighbours: 4 },
      outcome: 'begun',
      message: 'its files first',
      begunAs: null,
    });
    expect(log.lines.slice(3)).toEqual([
      [first, 'closed', 1],
      [second, 'closed', 2],
      [third, 'closed', 3],
    ]);
    expect(closer.options).toEqual([{ ...options, filesFirst: true }]);
  });

  test("that can't be recorded is not asked for", async () => {
    const log = new MemoryLog();
    log.isFull = true;
    const closer = closerOf(sessions);
    await expect(closeAll(auditCloses(closer, log, actor))).rejects.toBe(full);
    expect([closer.closed, closer.options]).toEqual([[], []]);
  });

  test("whose outcome can't be recorded is told all the same", async () => {
    const log = new MemoryLog();
    const closer = closerOf(sessions, {}, () => {
      log.isFull = true;
      return {};
    });
    expect(await closeAll(auditCloses(closer, log, actor))).toEqual(['closed', 'closed', 'closed']);
    expect(log.lines).toEqual([first, second, third].map((target) => [target, 'begun', null]));
  });

  test('that nobody waits for any more has nothing more sent, and its outcomes recorded', async () => {
    const log = new MemoryLog();
    const closer = closerOf(sessions);
    const audited = auditCloses(closer, log, actor);
    for await (const _ of audited.close(await audited.plan(locations), options)) break;
    expect(closer.closed).toEqual([first]);
    expect(log.lines.slice(3)).toEqual([
      [first, 'closed', 1],
      [second, 'failed', 2],
      [third, 'failed', 3],
    ]);
    expect(log.events.slice(3).map(({ message }) => message)).toEqual(['', 'given up', 'given up']);
  });

  test('hears of it when it is given up', async () => {
    const gone = new AbortController();
    const closer = closerOf(sessions, {}, () => {
      gone.abort();
      return {};
    });
    const log = new MemoryLog();
    expect(await closeAll(auditCloses(closer, log, actor), { signal: gone.signal })).toEqual([
      'closed',
      'failed',
      'failed',
    ]);
    expect(log.events).toHaveLength(6);
  });

  test('that breaks off leaves nothing open in the record', async () => {
    const log = new MemoryLog();
    const closer: Closer = {
      ...closerOf(sessions),
      async *close(plan, given) {
        for await (const outcome of closerOf(sessions).close(plan, given)) {
          yield outcome;
          throw new Error('the line is dead');
        }
      },
    };
    await expect(closeAll(auditCloses(closer, log, actor))).rejects.toThrow('the line is dead');
    expect(log.lines.slice(3)).toEqual([
      [first, 'closed', 1],
      [second, 'failed', 2],
      [third, 'failed', 3],
    ]);
    expect(log.events.at(-1)!.message).toBe('not known: the line is dead');
  });

  test("of what is beyond a token's limits has one entry, and of what has gone none", async () => {
    const log = new MemoryLog();
    const [one, two] = [closerOf(sessions.slice(0, 1)), closerOf([])];
    const closer: Closer = {
      plan: async () => {
        const { closes, ...rest } = await one.plan(locations);
        return {
          ...rest,
          closes: closes.map((close, i) => (i === 1 ? { ...close, notClosable: 'out_of_limits' } : close)),
        };
      },
      async *close(plan, given) {
        for await (const outcome of two.close(plan, given))
          yield { ...outcome, result: formatLocation(outcome.location) === second ? 'denied' : 'gone' };
      },
    };
    await closeAll(auditCloses(closer, log, actor));
    expect(log.lines).toEqual([
      [first, 'begun', null],
      [first, 'gone', 1],
      [second, 'denied', null],
    ]);
    log.events.length = 0;
    expect(await closeAll(auditCloses(closerOf([]), log, actor))).toEqual(['gone', 'gone', 'gone']);
    expect(log.events).toEqual([]);
  });
});

describe('a plan', () => {
  test('is in the record before it is seen, with what it would cost together', async () => {
    const log = new MemoryLog();
    const closer = closerOf(sessions, { numOpensForWriting: 1, numNeighbours: 2 });
    await auditPlans(closer, log, actor).plan([...locations, { ...locations[0]!, sessionGlobalId: 9 }]);
    await auditPlans(closer, log, actor).plan(locations.slice(0, 1));
    await auditPlans(closerOf(sessions, { numOpensForWriting: null }), log, actor).plan(locations);
    expect(log.events.map(({ operation, target, user, cost }) => [operation, target, user, cost])).toEqual([
      ['smb_plan_close', '4', null, { sessions: 3, opens: 6, opensForWriting: 3, neighbours: 6 }],
      ['smb_plan_close', first, 'alice', { sessions: 1, opens: 1, opensForWriting: 1, neighbours: 2 }],
      ['smb_plan_close', '3', null, { sessions: 3, opens: 6, opensForWriting: null, neighbours: 0 }],
    ]);
  });

  test("that can't be recorded is not seen; a close through it is as it was", async () => {
    const log = new MemoryLog();
    const closer = closerOf(sessions);
    const audited = auditPlans(closer, log, actor);
    const plan = await audited.plan(locations);
    log.isFull = true;
    await expect(audited.plan(locations)).rejects.toBe(full);
    for await (const _ of audited.close(plan, options));
    expect(closer.closed).toHaveLength(3);
  });
});
