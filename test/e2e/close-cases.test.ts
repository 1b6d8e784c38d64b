import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCloser, FallbackSource, inspectFile } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import type { CloseOptions, CloseOutcome, ClosePlan, Closer, Location } from '../../src/sessions/index.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { idOf } from '../support/scenarios/visit.ts';
import {
  access,
  type ConnectionOptions,
  type LeaseBreak,
  type LoginOptions,
  leaseState,
  Smb2Connection,
  type Session as SmbSession,
  status,
} from '../support/smb2/index.ts';

/** Every answer is to come within this. */
const limitMs = 3000;

let samba: PrivateSamba;
let source: FallbackSource;
let closer: Closer;

beforeAll(async () => {
  if (noSamba !== null) return;
  samba = await PrivateSamba.start({
    globals: { 'server multi channel support': 'yes', 'server min protocol': 'NT1' },
  });
});
afterAll(async () => samba?.stop());
beforeEach(({ skip }) => {
  skip(noSamba !== null, noSamba ?? '');
  source = new FallbackSource({ instance: 1, locate: () => locateInstance(samba.smbConf), fallback: null });
  closer = createCloser([{ instance: 1, source }]);
});
afterEach(() => source?.[Symbol.dispose]());

const quietly: CloseOptions = { filesFirst: false, watchMs: 0 };

async function connect(options: Partial<ConnectionOptions> = {}) {
  const connection = await Smb2Connection.open({ host: samba.host, port: samba.port, ...options });
  const login = (user: string, more: LoginOptions = {}) =>
    connection.login({ user, password: samba.user(user).password, ...more });
  return { connection, login, [Symbol.asyncDispose]: () => connection.close() };
}

/** Where a session is, listed or not. */
function locationOf(wireId: bigint): Location {
  const { records } = inspectFile(join(samba.lockDirectory, 'smbXsrv_session_global.tdb'));
  const sessionGlobalId = idOf(wireId);
  const record = records.find(({ key }) => key === String(sessionGlobalId));
  const { creationTime } = record!.value as { creationTime: string };
  return { instance: 1, sessionGlobalId, creationTime: BigInt(creationTime) };
}

async function end(plan: ClosePlan, options = quietly): Promise<CloseOutcome[]> {
  const outcomes: CloseOutcome[] = [];
  const startMs = performance.now();
  for await (const outcome of closer.close(plan, options)) {
    if (options.watchMs === 0) expect(performance.now() - startMs).toBeLessThan(limitMs);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function endOne(location: Location, options = quietly): Promise<CloseOutcome> {
  const [outcome, ...others] = await end(await closer.plan([location]), options);
  expect(others).toEqual([]);
  return outcome!;
}

const isClosed = { result: 'closed', message: '', tookMs: expect.any(Number), filesClosed: 0 };
const deleted = { code: 'STATUS_USER_SESSION_DELETED' };
const lost = { code: 'CONNECTION_LOST' };
const toWrite = { access: access.read | access.write, disposition: 'open_if' } as const;

/** A user with a file that is being written. */
async function atWork(session: SmbSession, name: string) {
  const tree = await session.connect('public');
  const file = await tree.open(name, toWrite);
  await file.write('before');
  return { session, tree, file, goOn: () => file.write('after') };
}

/** What stands in a file of the share. */
const textOf = (name: string) => readFile(join(samba.shares.get('public')!, name), 'utf8');

describe('one of several on a connection', () => {
  test('three users: the one has ended, its files are as it left them, the others write on', async () => {
    await using one = await connect();
    const [alice, bob, carol] = [await one.login('alice'), await one.login('bob'), await one.login('alice')];
    const victim = await atWork(bob, 'bob.txt');
    const others = [await atWork(alice, 'alice.txt'), await atWork(carol, 'carol.txt')];
    await victim.tree.open('gone.txt', { ...toWrite, deleteOnClose: true });
    const watch = (await victim.tree.open('')).watch();
    await watch.pending;
    const location = locationOf(bob.id);
    const plan = await closer.plan([location, location]);
    expect(plan.closes).toMatchObject([
      { location, notClosable: null, session: { user: { name: 'bob' } }, numDurable: 0 },
    ]);
    expect(plan.closes[0]!.numOpens).toBeGreaterThanOrEqual(3);
    expect(plan.closes[0]!.neighbours.map(({ sessionGlobalId }) => sessionGlobalId).sort()).toEqual(
      [idOf(alice.id), idOf(carol.id)].sort(),
    );
    expect(await end(plan)).toMatchObject([{ location, ...isClosed }]);
    expect(await watch.status).toBe(status.STATUS_NOTIFY_CLEANUP);
    await expect(victim.goOn()).rejects.toMatchObject(deleted);
    expect(await textOf('bob.txt')).toBe('before');
    await expect(textOf('gone.txt')).rejects.toMatchObject({ code: 'ENOENT' });
    for (const other of others) await other.goOn();
    expect(await textOf('alice.txt')).toBe('aftere');
    expect(await textOf('carol.txt')).toBe('aftere');
    expect(await endOne(location)).toMatchObject({ result: 'gone' });
  });

  test('one of two sessions of a user', async () => {
    await using one = await connect();
    const [first, second] = [await one.login('alice'), await one.login('alice', { sign: true })];
    const [stays, victim] = [await atWork(first, 'first.txt'), await atWork(second, 'second.txt')];
    expect(await endOne(locationOf(second.id))).toMatchObject(isClosed);
    await expect(victim.goOn()).rejects.toMatchObject(deleted);
    await stays.goOn();
    expect(await textOf('second.txt')).toBe('before');
  });

  test('an encrypted one: the others go on until its client does, which costs them the connection', async () => {
    await using one = await connect({ dialects: ['3.0.2'] });
    const [alice, bob] = [await one.login('alice'), await one.login('bob', { encrypt: true })];
    const [stays, victim] = [await atWork(alice, 'plain.txt'), await atWork(bob, 'sealed.txt')];
    const plan = await closer.plan([locationOf(bob.id)]);
    expect(plan.closes[0]!.warnings.map(({ code }) => code)).toContain('CLOSE_DROPS_CONNECTION');
    expect(await end(plan)).toMatchObject([isClosed]);
    await stays.goOn();
    await expect(victim.goOn()).rejects.toMatchObject(lost);
    await expect(stays.goOn()).rejects.toMatchObject(lost);
    expect(await textOf('sealed.txt')).toBe('before');
  });

  test('a session of two connections: one message ends it on both, which stay', async () => {
    await using one = await connect();
    const { dialect, clientGuid } = one.connection;
    await using two = await connect({ dialects: [dialect], clientGuid });
    const [alice, bob] = [await one.login('alice', { sign: true }), await one.login('bob')];
    const stays = await atWork(bob, 'other.txt');
    const victim = await atWork(alice, 'channels.txt');
    const channel = (await two.connection.bind(alice)).attach(victim.tree);
    await channel.open('channels.txt');
    const plan = await closer.plan([locationOf(alice.id)]);
    expect(plan.closes[0]!.session!.channels).toHaveLength(2);
    expect(plan.closes[0]!.neighbours).toEqual([locationOf(bob.id)]);
    expect(await end(plan)).toMatchObject([isClosed]);
    await expect(victim.goOn()).rejects.toMatchObject(deleted);
    await expect(channel.open('')).rejects.toMatchObject(deleted);
    await stays.goOn();
    await two.login('carol');
  });

  test('a login under way', async () => {
    await using one = await connect();
    const stays = await atWork(await one.login('alice'), 'whole.txt');
    const half = await one.connection.beginLogin({ user: 'bob', password: samba.user('bob').password });
    const location = locationOf(half.sessionId);
    const plan = await closer.plan([location]);
    expect(plan.closes).toMatchObject([{ location, session: null, notClosable: null, numOpens: 0 }]);
    expect(await end(plan)).toMatchObject([isClosed]);
    await expect(half.finish()).rejects.toMatchObject(deleted);
    await stays.goOn();
  });

  test('of a server in a pid namespace of its own, as in a container', async () => {
    await using contained = await PrivateSamba.start({ ownPids: true });
    using inside = new FallbackSource({ instance: 1, locate: () => locateInstance(contained.smbConf), fallback: null });
    const { host, port } = contained;
    const connection = await Smb2Connection.open({ host, port });
    const login = (user: string) => connection.login({ user, password: contained.user(user).password });
    const [stays, victim] = [await login('alice'), await login('bob')];
    const { sessions } = await inside.refresh();
    const { location } = sessions.find(({ user }) => user.name === 'bob')!;
    const containedCloser = createCloser([{ instance: 1, source: inside }]);
    const outcomes = await Array.fromAsync(containedCloser.close(await containedCloser.plan([location]), quietly));
    expect(outcomes).toMatchObject([isClosed]);
    await expect(victim.connect('public')).rejects.toMatchObject(deleted);
    await stays.connect('public');
    await connection.close();
  });

  test('of SMB1', async () => {
    const open = (user: string) => samba.smbclient({ share: 'public', user, protocol: 'NT1' });
    await using stays = await open('alice');
    await using victim = await open('bob');
    const { sessions } = await source.refresh();
    const session = sessions.find(({ user, dialect }) => dialect === 'NT1' && user.name === 'bob')!;
    expect(await endOne(session.location)).toMatchObject(isClosed);
    expect(await victim.run('ls')).toMatch(/NT_STATUS_|ERR/);
    expect(await stays.run('ls')).not.toMatch(/NT_STATUS_|ERR/);
  });
});

describe('what else may be', () => {
  test('nothing is sent before an outcome is asked for', async () => {
    await using one = await connect();
    const alice = await atWork(await one.login('alice'), 'asked.txt');
    const plan = await closer.plan([locationOf(alice.session.id)]);
    closer.close(plan, quietly);
    await alice.goOn();
    expect(await end(plan)).toMatchObject([isClosed]);
    await expect(alice.goOn()).rejects.toMatchObject(deleted);
  });

  test('who turns away has nothing more sent', async () => {
    await using one = await connect();
    const alice = await atWork(await one.login('alice'), 'left.txt');
    const location = locationOf(alice.session.id);
    const plan = await closer.plan([{ ...location, creationTime: 1n }, location]);
    for await (const { result } of closer.close(plan, quietly)) {
      expect(result).toBe('gone');
      break;
    }
    await alice.goOn();
    expect(await endOne(location)).toMatchObject(isClosed);
  });

  test('a durable handle is told of', async () => {
    await using one = await connect();
    const tree = await (await one.login('alice')).connect('public');
    const lease = { key: Buffer.alloc(16, 1), state: leaseState.read | leaseState.write | leaseState.handle };
    const file = await tree.open('durable.txt', { ...toWrite, lease, durable: { createGuid: Buffer.alloc(16, 2) } });
    expect(file.isDurable).toBe(true);
    const [planned] = (await closer.plan([locationOf(tree.session.id)])).closes;
    expect(planned).toMatchObject({ numDurable: 1 });
    expect(planned!.warnings.map(({ code }) => code)).toEqual(['CLOSE_LEAVES_DURABLE', 'CLOSE_LIKELY_BACK']);
  });

  test('the user comes back', async () => {
    await using one = await connect();
    const [alice, bob] = [await one.login('alice'), await one.login('bob')];
    const locations = [locationOf(alice.id), locationOf(bob.id)];
    const plan = await closer.plan(locations);
    const outcomes = end(plan, { filesFirst: false, watchMs: 1000 });
    await expect.poll(() => alice.connect('public').catch(({ code }) => code)).toBe(deleted.code);
    await one.login('carol');
    const again = await one.login('alice');
    const cameBackAs = locationOf(again.id);
    const [first, last] = await outcomes;
    expect(first).toMatchObject({ ...isClosed, location: locations[0], cameBackAs });
    expect(first!.cameBackAt).toEqual(expect.any(Number));
    expect(last).toMatchObject({ ...isClosed, cameBackAs: null, cameBackAt: null });
  });

  test('its smbd waits for somebody to give a lease up', async () => {
    await using one = await connect();
    const victim = await atWork(await one.login('alice'), 'leaving.txt');
    await victim.tree.open('leased.txt', { ...toWrite, deleteOnClose: true });
    await using holding = await connect();
    const holder = await (await holding.login('alice')).connect('public');
    const wanted = { key: Buffer.alloc(16, 7), state: leaseState.read | leaseState.handle };
    const { lease } = await holder.open('leased.txt', { ...toWrite, lease: wanted });
    const broken = Promise.withResolvers<LeaseBreak>();
    holding.connection.onLeaseBreak(broken.resolve);
    const location = locationOf(victim.session.id);
    // Older releases give no such lease on a file that will be deleted, and wait for none.
    const mustWait = (lease!.state & leaseState.handle) !== 0;
    const [result, message] = mustWait ? ['closing', 'accepted, still closing'] : ['closed', ''];
    expect(await endOne(location)).toMatchObject({ result, message });
    await expect(victim.goOn()).rejects.toMatchObject(deleted);
    expect(await endOne(location)).toMatchObject({ result: mustWait ? 'closing' : 'gone' });
    if (mustWait) await holder.acknowledge(await broken.promise);
    await expect.poll(async () => (await closer.plan([location])).closes[0]!.notClosable).toBe('gone');
  });

  test('its smbd is stopped, and takes no more messages in the end', async () => {
    await using one = await connect();
    const sessions = await Promise.all(Array.from({ length: 20 }, () => one.login('alice')));
    const plan = await closer.plan(sessions.map(({ id }) => locationOf(id)));
    const { pid } = plan.closes[0]!.session!;
    samba.signal(pid, 'SIGSTOP');
    const outcomes = await end(plan).finally(() => samba.signal(pid, 'SIGCONT'));
    const results = Object.groupBy(outcomes, ({ result }) => result);
    expect(Object.keys(results).sort()).toEqual(['closing', 'unresponsive']);
    expect(results.closing!.length).toBeGreaterThanOrEqual(10);
    for (const { message } of results.closing!) expect(message).toBe('accepted, still closing');
    await expect.poll(async () => (await source.refresh()).sessions.length).toBe(results.unresponsive!.length);
    const again = await end(await closer.plan(plan.closes.map(({ location }) => location)));
    expect(again.filter(({ result }) => result === 'gone')).toHaveLength(results.closing!.length);
    expect(again.filter(({ result }) => result === 'closed')).toHaveLength(results.unresponsive!.length);
  });

  test('its smbd is killed', async () => {
    await using one = await connect();
    const location = locationOf((await one.login('alice')).id);
    const plan = await closer.plan([location]);
    samba.signal(plan.closes[0]!.session!.pid, 'SIGKILL');
    await expect.poll(async () => (await closer.plan([location])).closes[0]!.notClosable).toBe('gone');
    expect(await end(plan)).toMatchObject([{ result: 'gone' }]);
    expect(locationOf(BigInt(location.sessionGlobalId))).toEqual(location); // the record is still there
  });

  test('a location that is another in anything is no session', async () => {
    await using one = await connect();
    const alice = await atWork(await one.login('alice'), 'exact.txt');
    const location = locationOf(alice.session.id);
    const wrong = [
      { ...location, instance: 2 },
      { ...location, sessionGlobalId: location.sessionGlobalId ^ 1 },
      { ...location, creationTime: location.creationTime + 1n },
      { ...location, creationTime: 0n },
    ];
    const plan = await closer.plan(wrong);
    const reasons = ['not_served', 'gone', 'gone', 'from_smbstatus'];
    expect(plan.closes.map(({ notClosable }) => notClosable)).toEqual(reasons);
    // Though a plan were made that says that they can be.
    const forged = { ...plan, closes: plan.closes.map((close) => ({ ...close, notClosable: null })) };
    const outcomes = await end(forged);
    expect(outcomes.map(({ result }) => result)).toEqual(['failed', 'gone', 'gone', 'gone']);
    await alice.goOn();
  });
});
