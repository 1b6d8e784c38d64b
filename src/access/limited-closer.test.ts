import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closerOf, sourceOf } from '../../test/support/sessions.ts';
import { visit, world } from '../../test/support/shared-connections.ts';
import type { CloseOutcome, ClosePlan, Closer, Full, Limits, Session } from '../sessions/index.ts';
import { limitCloser, limitSource } from './index.ts';

const none: Limits = { shares: null, networks: null, instances: null };
const options = { filesFirst: false, watchMs: 0 };

async function run(closer: Closer, plan: ClosePlan): Promise<CloseOutcome[]> {
  return Array.fromAsync(closer.close(plan, options));
}

/** Plans for all of these sessions, closes, and says of each why not, and who has gone. */
async function closeAll(sessions: readonly Session[], limits: Partial<Limits>, asked = sessions, maxNamed = 100) {
  const { closer, ended, source } = world(sessions, maxNamed);
  const limited = limitCloser(closer, source, { ...none, ...limits });
  const plan = await limited.plan(asked.map(({ location }) => location));
  const outcomes = await run(limited, plan);
  return { plan, outcomes, ended: [...ended].sort(), reasons: plan.closes.map(({ notClosable }) => notClosable) };
}

describe('a close within limits', () => {
  const docs = { shares: ['docs'] };

  test('ends what is wholly within, and that alone', async () => {
    const sessions = [
      visit(1, ['Docs', 'IPC$']),
      visit(2, ['docs', 'secret']),
      visit(3, ['secret']),
      visit(4, ['IPC$']),
      visit(5, []),
    ];
    const { ended, reasons, outcomes } = await closeAll(sessions, docs);
    expect(ended).toEqual([1]);
    expect(reasons).toEqual([null, ...Array(4).fill('out_of_limits')]);
    expect(outcomes.map(({ result }) => result)).toEqual(['closed', ...Array(4).fill('denied')]);
  });

  test('looks at each address of a session, and at its server', async () => {
    const sessions = [
      visit(1, ['docs'], ['192.0.2.7:1']),
      visit(2, ['docs'], ['192.0.2.7:2', '10.0.0.1:2']),
      visit(3, ['docs'], ['10.0.0.1:3']),
    ];
    expect((await closeAll(sessions, { networks: ['192.0.2.0/24'] })).ended).toEqual([1]);
    expect((await closeAll(sessions, { instances: [2] })).ended).toEqual([]);
    expect((await closeAll(sessions, { instances: [1] })).ended).toEqual([1, 2, 3]);
  });

  test('asks nobody about a server that is beyond', async () => {
    const asked = closerOf([visit(1, ['docs'])]);
    const limited = limitCloser(asked, sourceOf([]), { ...none, instances: [2] });
    const { closes } = await limited.plan([visit(1, []).location]);
    expect(closes).toMatchObject([{ notClosable: 'out_of_limits', session: null }]);
    expect(asked.planned).toEqual([]);
  });

  test('tells of what is beyond only what is seen of it', async () => {
    const [mixed, secret] = [visit(1, ['docs', 'secret']), visit(2, ['secret'])];
    const { plan } = await closeAll([mixed, secret], docs);
    const [view] = (await limitSource(sourceOf([mixed]), { ...none, ...docs }).refresh()).sessions;
    const nothing = {
      numOpensForWriting: null,
      files: [],
      numDurable: 0,
      numNeighbours: 0,
      neighbours: [],
      warnings: [],
    };
    expect(plan.closes).toEqual([
      {
        ...{ location: mixed.location, session: view, notClosable: 'out_of_limits', ...nothing },
        ...{ numOpens: 2, numOpensCertainty: 'upper_bound' },
      },
      {
        ...{ location: secret.location, session: null, notClosable: 'out_of_limits', ...nothing },
        ...{ numOpens: 0, numOpensCertainty: 'unknown' },
      },
    ]);
  });

  test('leaves what is not there to be gone', async () => {
    const { reasons } = await closeAll([], docs, [visit(1, [])]);
    expect(reasons).toEqual(['gone']);
  });

  test('refuses a session that has not yet authenticated', async () => {
    const asked = closerOf([visit(1, ['docs'])], { session: null });
    const { closes } = await limitCloser(asked, sourceOf([]), { ...none, ...docs }).plan([visit(1, []).location]);
    expect(closes[0]!.notClosable).toBe('out_of_limits');
  });

  test('takes nobody along who is beyond', async () => {
    const encrypted = visit(1, ['docs'], ['192.0.2.7:1'], { encryption: 'full' });
    const [within, beyond] = [visit(2, ['docs'], ['192.0.2.7:1']), visit(3, ['secret'], ['192.0.2.7:1'])];
    expect((await closeAll([encrypted, within], docs, [encrypted])).ended).toEqual([1, 2]);
    expect((await closeAll([encrypted, within, beyond], docs, [encrypted])).ended).toEqual([]);
    // One that is refused is no longer ended by the plan, but would be taken along.
    expect(await closeAll([encrypted, beyond], docs)).toMatchObject({
      ended: [],
      reasons: ['out_of_limits', 'out_of_limits'],
    });
    expect((await closeAll([within, beyond], docs)).ended).toEqual([2]);
  });

  test('takes nobody along who is not named', async () => {
    const encrypted = visit(1, ['docs'], ['192.0.2.7:1'], { encryption: 'full' });
    const beside = [2, 3, 4].map((id) => visit(id, ['docs'], ['192.0.2.7:1']));
    expect((await closeAll([encrypted, ...beside], docs, [encrypted], 3)).ended).toEqual([1, 2, 3, 4]);
    expect((await closeAll([encrypted, ...beside], docs, [encrypted], 2)).ended).toEqual([]);
  });

  test('names only neighbours that are seen, and counts all', async () => {
    const beside = [visit(2, ['secret'], ['192.0.2.7:1']), visit(3, ['docs', 'secret'], ['192.0.2.7:1'])];
    const one = visit(1, ['docs'], ['192.0.2.7:1']);
    const { plan } = await closeAll([one, ...beside], docs, [one]);
    expect(plan.closes[0]).toMatchObject({ numNeighbours: 2, neighbours: [beside[1]!.location] });
  });

  test('ends nothing where not all could be read: what could not may be beyond', async () => {
    const one = visit(1, ['docs']);
    const problems = [{ code: 'BYTES_TRUNCATED', message: 'a record is cut off' }];
    const { closer, source } = world([one]);
    const { kind, parts, sessions } = await source.refresh();
    const partly = parts.map((part) => ({ ...part, verdict: 'partial' as const, problems }));
    const reasons = async (...[plan, full]: readonly [Partial<ClosePlan>, Partial<Full>]) => {
      const planning: Closer = {
        ...closer,
        plan: async (locations) => ({ ...(await closer.plan(locations)), ...plan }),
      };
      const looking = { refresh: async (): Promise<Full> => ({ kind, parts, sessions, ...full }) };
      const { closes } = await limitCloser(planning, looking, { ...none, ...docs }).plan([
        one.location,
        visit(7, []).location,
      ]);
      return closes.map(({ session, notClosable }) => [session, notClosable]);
    };
    const gone = [null, 'gone'];
    expect(await reasons({}, {})).toEqual([[one, null], gone]);
    for (const [plan, full] of [
      [{ problems }, {}],
      [{}, { parts: partly }],
      [{}, { parts: [] }],
    ] as const) {
      expect(await reasons(plan, full)).toEqual([[one, 'unreadable'], gone]);
    }
  });

  test('looks again before it ends anything', async () => {
    const [one, two, encrypted] = [
      visit(1, ['docs']),
      visit(2, ['docs']),
      visit(3, ['docs'], ['192.0.2.7:3'], { encryption: 'full' }),
    ];
    const sessions = [one, two, encrypted];
    const { closer, ended, source } = world(sessions);
    const limited = limitCloser(
      closer,
      { refresh: async () => ({ ...(await source.refresh()), sessions }) },
      { ...none, ...docs },
    );
    const plan = await limited.plan(sessions.map(({ location }) => location));
    expect(plan.closes.map(({ notClosable }) => notClosable)).toEqual([null, null, null]);
    // One goes on to what is beyond, and somebody who is beyond comes onto another's connection.
    sessions[0] = visit(1, ['docs', 'secret']);
    sessions.push(visit(4, ['secret'], ['192.0.2.7:3']));
    expect((await run(limited, plan)).map(({ result }) => result)).toEqual(['denied', 'closed', 'denied']);
    expect([...ended]).toEqual([2]);
  });

  test('ends nothing that it has not planned itself', async () => {
    const { closer, ended, source } = world([visit(1, ['secret'])]);
    const plan = await closer.plan([visit(1, []).location]);
    const outcomes = await run(limitCloser(closer, source, { ...none, ...docs }), plan);
    expect([outcomes[0]!.result, ended.size]).toEqual(['denied', 0]);
  });

  test('says who came back only if that is seen', async () => {
    const [back, away] = [visit(8, ['docs']), visit(9, ['secret'])];
    const one = visit(1, ['docs']);
    const cameBack = async ({ location }: Session) => {
      const closer = closerOf([one], {}, () => ({ cameBackAs: location, cameBackAt: 5 }));
      const limited = limitCloser(closer, sourceOf([one, back, away]), { ...none, ...docs });
      return (await run(limited, await limited.plan([one.location])))[0];
    };
    expect(await cameBack(back)).toMatchObject({ cameBackAs: back.location, cameBackAt: 5 });
    expect(await cameBack(away)).toMatchObject({ result: 'closed', cameBackAs: null, cameBackAt: null });
  });

  test('never ends anything beyond, whoever shares a connection with whom', async () => {
    const names = ['docs', 'secret', 'IPC$'];
    const connections = ['192.0.2.7:1', '192.0.2.7:2', '192.0.2.8:3', '10.0.0.1:4'];
    const some = (list: readonly string[], minLength: number) =>
      fc.uniqueArray(fc.constantFrom(...list), { minLength, maxLength: 2 });
    const oneSession = fc.tuple(some(names, 0), some(connections, 1), fc.constantFrom('none', 'full'), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(oneSession, { maxLength: 6 }), fc.nat(2), fc.boolean(), async (all, most, byShare) => {
        const sessions = all.map(([names, from, encryption], i) => visit(i + 1, names, from, { encryption }));
        const asked = sessions.filter((_, i) => all[i]![3]);
        const limits = byShare ? docs : { networks: ['192.0.2.7'] };
        const isWithin = (session: Session) =>
          byShare
            ? session.shareNames.join() === 'docs'
            : session.channels.every(({ client }) => client.address === '192.0.2.7');
        const { ended, plan } = await closeAll(sessions, limits, asked, most);
        for (const id of ended) expect(isWithin(sessions[id - 1]!)).toBe(true);
        // And what takes nobody along is not refused for nothing.
        for (const { session, location, notClosable } of plan.closes) {
          const whole = sessions[location.sessionGlobalId - 1]!;
          if (isWithin(whole) && whole.encryption === 'none') expect([session, notClosable]).toEqual([whole, null]);
          for (const name of session?.shareNames ?? []) expect(byShare ? name : 'docs').toBe('docs');
        }
      }),
      { numRuns: 500 },
    );
  });
});
