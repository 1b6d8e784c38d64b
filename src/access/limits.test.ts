import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { someSession, sourceOf } from '../../test/support/sessions.ts';
import { type Limits, parseNetwork, type Session } from '../sessions/index.ts';
import { limitSource, parseLimits } from './index.ts';

const none: Limits = { shares: null, networks: null, instances: null };
const tree = (shareName: string) => ({ shareName, openedAt: null, encryption: 'none' }) as const;
const channel = (address: string) => ({ client: { address, port: 50_000 }, server: null, openedAt: null });

/** A session that is connected to these shares, from these addresses. */
function visit(shares: readonly string[], addresses: readonly string[] = ['192.0.2.7'], changes: object = {}): Session {
  const [first, ...others] = addresses.map(channel);
  return someSession(1, {
    treeConnects: shares.map(tree),
    shareNames: shares.filter((name) => name !== 'IPC$'),
    channels: [first!, ...others],
    ...changes,
  });
}

async function seen(session: Session, limits: Partial<Limits>): Promise<Session | undefined> {
  return (await limitSource(sourceOf([session]), { ...none, ...limits }).refresh()).sessions[0];
}

describe('limits', () => {
  test('are read, or refused by what is wrong', () => {
    expect(parseLimits({})).toBeNull();
    expect(parseLimits({ shares: null, networks: undefined, instances: null })).toBeNull();
    expect(parseLimits({ shares: ['docs', 'docs', 'Päckchen $'], networks: ['192.0.2.0/24', '2001:db8::1'] })).toEqual({
      shares: ['docs', 'Päckchen $'],
      networks: ['192.0.2.0/24', '2001:db8::1'],
      instances: null,
    });
    const refused = (wish: object, message: RegExp) =>
      expect(() => parseLimits(wish)).toThrow(
        expect.objectContaining({ code: 'LIMIT_INVALID', message: expect.stringMatching(message) }),
      );
    for (const share of ['', 'IPC$', 'ipc$', 'a/b', 'a\\b', 'a\n', 'x'.repeat(81)])
      refused({ shares: [share] }, /share/);
    for (const network of ['', 'host', '192.0.2.0/33', '192.0.2', 'fe80::1%eth0', '1.2.3.4/']) {
      refused({ networks: ['192.0.2.1', network] }, /network/);
    }
    for (const instance of [0, -1, 1.5, Number.NaN, 1_000_000]) refused({ instances: [instance] }, /Samba/);
    for (const wish of [{ shares: [] }, { networks: [] }, { instances: [] }]) refused(wish, /nothing/);
  });

  test('leave a session that is within as it is', async () => {
    const session = visit(['Docs', 'IPC$']);
    const limits = { shares: ['dOCS'], networks: ['192.0.2.0/24'], instances: [1] };
    expect(await seen(session, limits)).toBe(session);
    for (const alone of [{ shares: ['docs'] }, { networks: ['192.0.2.7'] }, { instances: [1] }, {}]) {
      expect(await seen(session, alone)).toBe(session);
    }
  });

  test.each([
    { shares: ['doc'] },
    { shares: ['docs2'] },
    { networks: ['192.0.3.0/24'] },
    { networks: ['2001:db8::/32'] },
    { instances: [2] },
    { shares: ['docs'], instances: [2] },
    { shares: ['docs'], networks: ['10.0.0.0/8'] },
    { shares: ['IPC$'] },
    { shares: [] },
  ])('%j leave out a session that touches nothing of it', async (limits) => {
    expect(await seen(visit(['docs', 'IPC$']), limits)).toBeUndefined();
  });

  test('on shares leave out who is connected to none', async () => {
    expect(await seen(visit(['IPC$']), { shares: ['docs'] })).toBeUndefined();
    expect(await seen(visit(['IPC$']), { networks: ['192.0.2.7'] })).toBeDefined();
  });

  test('take other shares out of a session, and then its opens are at most so many', async () => {
    const session = visit(['docs', 'IPC$', 'secret', 'DOCS']);
    expect(await seen(session, { shares: ['docs'] })).toEqual({
      ...session,
      treeConnects: [tree('docs'), tree('IPC$'), tree('DOCS')],
      shareNames: ['docs', 'DOCS'],
      numOpensCertainty: 'upper_bound',
    });
    const certainty = async (numOpensCertainty: Session['numOpensCertainty']) =>
      (await seen({ ...session, numOpensCertainty }, { shares: ['docs'] }))!.numOpensCertainty;
    expect(await certainty('upper_bound')).toBe('upper_bound');
    expect(await certainty('lower_bound')).toBe('unknown');
    expect(await certainty('unknown')).toBe('unknown');
  });

  test('take other clients out of a session', async () => {
    const session = visit(['docs'], ['192.0.2.7', '10.0.0.1', '2001:db8::1']);
    expect(await seen(session, { networks: ['2001:db8::/64', '10.0.0.0/8'] })).toEqual({
      ...session,
      channels: [channel('10.0.0.1'), channel('2001:db8::1')],
    });
  });

  test('leave out the parts of other servers', async () => {
    const { sessions, parts } = await sourceOf([visit(['docs'])]).refresh();
    const both = { kind: 'full' as const, sessions, parts: [parts[0]!, { ...parts[0]!, instance: 2 }] };
    const limited = limitSource({ refresh: async () => both }, { ...none, instances: [2] });
    expect(await limited.refresh()).toEqual({ kind: 'full', parts: [both.parts[1]], sessions: [] });
  });

  test('are looked at once for each list, by all who have the same', async () => {
    const source = sourceOf([visit(['docs', 'secret']), visit(['docs'])]);
    const limits = { ...none, shares: ['docs'] };
    const view = await limitSource(source, limits).refresh();
    expect(await limitSource(source, { ...limits, shares: ['docs'] }).refresh()).toBe(view);
    expect(await limitSource(source, { ...limits, shares: ['secret'] }).refresh()).not.toBe(view);
  });

  test('show nothing that is beyond them, and all that is within', async () => {
    const names = ['docs', 'DOCS', 'secret', 'Home', 'IPC$'];
    const addresses = ['192.0.2.7', '192.0.2.200', '10.0.0.1', '2001:db8::1', '2001:db8:1::1'];
    const networks = ['192.0.2.0/24', '192.0.2.7', '10.0.0.0/8', '2001:db8::/48', '::/0'];
    const some = <T>(list: readonly T[], minLength = 0) => fc.uniqueArray(fc.constantFrom(...list), { minLength });
    const sessions = fc.array(
      fc
        .tuple(some(names), some(addresses, 1), fc.constantFrom(1, 2))
        .map(([shares, from, instance]) =>
          visit(shares, from, { location: { instance, sessionGlobalId: 1, creationTime: 1n } }),
        ),
      { maxLength: 6 },
    );
    const limit = <T>(list: readonly T[]) => fc.option(some(list, 1));
    const limits = fc.record({ shares: limit(names.slice(0, 4)), networks: limit(networks), instances: limit([1, 2]) });
    await fc.assert(
      fc.asyncProperty(sessions, limits, async (all, { shares, networks: within, instances }) => {
        const full = await sourceOf(all).refresh();
        const view = await limitSource(
          { refresh: async () => full },
          { shares, networks: within, instances },
        ).refresh();
        const allowsShare = (name: string) => shares?.some((is) => is.toLowerCase() === name.toLowerCase()) ?? true;
        const allowsClient = (address: string) => within?.some((is) => parseNetwork(is)!(address)) ?? true;
        for (const { location, shareNames, treeConnects, channels } of view.sessions) {
          expect(instances?.includes(location.instance) ?? true).toBe(true);
          for (const name of shareNames) expect(allowsShare(name)).toBe(true);
          for (const { shareName } of treeConnects) expect(shareName === 'IPC$' || allowsShare(shareName)).toBe(true);
          for (const { client } of channels) expect(allowsClient(client.address)).toBe(true);
        }
        const within1 = all.filter(
          ({ location, shareNames, channels }) =>
            (instances?.includes(location.instance) ?? true) &&
            (shares === null || shareNames.some(allowsShare)) &&
            channels.some(({ client }) => allowsClient(client.address)),
        );
        expect(view.sessions.length).toBe(within1.length);
      }),
      { numRuns: 500 },
    );
  });
});
