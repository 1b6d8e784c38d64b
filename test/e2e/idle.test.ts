import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dumpConnections } from '../../src/kernel/index.ts';
import { IdleSource, LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import { now, type Session } from '../../src/sessions/index.ts';
import { launcher, runSmbwho, Server } from '../support/program.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { access, type ConnectionOptions, type LoginOptions, Smb2Connection } from '../support/smb2/index.ts';

/** From when to when something was done, or looked at. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The kernel's clock, and what is taken off for it, so that nothing is too old. */
const stepMicros = 20_000;
/** Longer than what the records alone make exact. */
const restMs = 60;

let samba: PrivateSamba;
beforeAll(async () => {
  if (noSamba === null) samba = await PrivateSamba.start({ globals: { 'server multi channel support': 'yes' } });
});
afterAll(async () => {
  await samba?.stop();
});
beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

function openSource(pauseMs: number | null = null): IdleSource {
  return new IdleSource(new LocalSource({ instance: 1, locate: () => locateInstance(samba.smbConf) }), pauseMs);
}

async function spanOf(what: () => Promise<unknown>): Promise<Span> {
  const from = now();
  await what();
  return { from, to: now() };
}

async function look(source: IdleSource) {
  let sessions: readonly Session[] = [];
  const span = await spanOf(async () => {
    const { parts, sessions: listed } = await source.refresh();
    expect(parts[0]!.problems).toEqual([]);
    sessions = listed;
  });
  const of = (name: string) => sessions.find(({ user }) => user.name === name)!;
  return { ...span, sessions, of };
}

/** Idle since that work: never longer, and, where exact, not shorter either by more than it took to look. */
function expectIdleSince(session: Session, work: Span, looked: Span, certainty: string): void {
  expect(session.idleCertainty).toBe(certainty);
  expect(session.lastActiveAt).toBeGreaterThanOrEqual(work.from);
  if (certainty === 'exact') {
    expect(session.lastActiveAt).toBeLessThanOrEqual(work.to + (looked.to - looked.from) + stepMicros);
  }
}

async function visit(user: string, options: Partial<ConnectionOptions> = {}, login: LoginOptions = {}) {
  const connection = await Smb2Connection.open({ host: samba.host, port: samba.port, ...options });
  const session = await connection.login({ user, password: samba.user(user).password, ...login });
  const tree = await session.connect('public');
  return { connection, session, tree, [Symbol.asyncDispose]: () => connection.close() };
}

const forWriting = { access: access.read | access.write, disposition: 'open_if' } as const;

describe('a session whose connection is its own', () => {
  test.each<[string, Partial<ConnectionOptions>, LoginOptions]>([
    ['plain', {}, {}],
    ['signed', {}, { sign: true }],
    ['encrypted', {}, { encrypt: true }],
    ['encrypted with CCM', { ciphers: ['aes-128-ccm'] }, { encrypt: true }],
    ['of 3.0.2, encrypted', { dialects: ['3.0.2'] }, { encrypt: true }],
    ['of 2.1', { dialects: ['2.1'] }, {}],
    ['by IPv6', { host: '::1' }, {}],
  ])('%s: work counts, signs of life do not', async (_, options, login) => {
    using source = openSource();
    await look(source);
    let alice!: Awaited<ReturnType<typeof visit>>;
    const came = await spanOf(async () => {
      alice = await visit('alice', options, login);
    });
    await using _alice = alice;
    const { connection, session, tree } = alice;
    const step = async (what: () => Promise<unknown>) => {
      const work = await spanOf(what);
      await sleep(restMs);
      const looked = await look(source);
      expectIdleSince(looked.of('alice'), work, looked, 'exact');
      return looked.of('alice');
    };
    const first = await look(source);
    expectIdleSince(first.of('alice'), came, first, 'exact');
    const file = await tree.open('idle', forWriting);
    await step(() => file.write('some text'));
    await step(() => file.read(4));
    const before = await step(() => file.close());
    for (let i = 0; i < 3; i++) {
      await connection.echo(session);
      if (i !== 1) expect((await look(source)).of('alice')).toEqual(before);
    }
    await step(() => tree.disconnect());
    const left = (await look(source)).of('alice');
    for (const owner of [session, undefined]) {
      await connection.echo(owner);
      expect((await look(source)).of('alice')).toEqual(left);
    }
  });

  test('several channels: the last work on any of them', async () => {
    using source = openSource();
    await look(source);
    await using alice = await visit('alice', {}, { sign: true });
    const { dialect, clientGuid } = alice.connection;
    const second = await Smb2Connection.open({ host: '::1', port: samba.port, dialects: [dialect], clientGuid });
    const tree = (await second.bind(alice.session)).attach(alice.tree);
    await look(source);
    for (const used of [alice.tree, tree, alice.tree]) {
      const work = await spanOf(() => used.open(''));
      await sleep(restMs);
      const looked = await look(source);
      expect(looked.of('alice').channels).toHaveLength(2);
      expectIdleSince(looked.of('alice'), work, looked, 'exact');
    }
    await second.close();
  });

  test('another one on the same addresses and ports begins anew', async () => {
    using source = openSource();
    await look(source);
    const localAddress = '127.0.0.77'; // whose ports nobody else takes
    const alice = await visit('alice', { localAddress });
    await sleep(restMs);
    await look(source);
    const { localPort } = alice.connection;
    alice.connection.drop();
    await sleep(restMs);
    const came = now();
    await using _bob = await visit('bob', { localAddress, localPort });
    const looked = await look(source);
    expect(looked.of('bob').channels[0].client).toEqual({ address: localAddress, port: localPort });
    expectIdleSince(looked.of('bob'), { from: came, to: now() }, looked, 'exact');
  });

  test("who looks once has a lower bound; Debian's smbclient gives signs of life by itself", async () => {
    using source = openSource();
    await look(source);
    const came = now();
    await using client = await samba.smbclient({ share: 'public', user: 'alice' });
    const work = await spanOf(() => client.run('ls'));
    const before = await look(source);
    expectIdleSince(before.of('alice'), { from: came, to: work.to }, before, 'exact');
    const answered = async () => (await dumpConnections(samba.port)).flatMap((part) => part.connections)[0]!.bytesSent;
    // That of 4.25 gives none.
    const [first, patience] = [await answered(), now() + 12_000_000];
    while ((await answered()) === first && now() < patience) await sleep(20);
    const hasEchoed = (await answered()) !== first;
    const signAt = now();
    expect((await look(source)).of('alice')).toEqual(before.of('alice'));
    using once = openSource();
    const looked = await look(once);
    if (hasEchoed) expectIdleSince(looked.of('alice'), work, looked, 'lower_bound');
    expect(looked.of('alice').lastActiveAt).toBeLessThanOrEqual(signAt + looked.to - looked.from + stepMicros);
  });
});

test('sessions that share a connection have lower bounds', async () => {
  using source = openSource();
  await look(source);
  await using alice = await visit('alice');
  const bob = await alice.connection.login({ user: 'bob', password: samba.user('bob').password });
  const tree = await bob.connect('public');
  await sleep(restMs);
  for (const used of [tree, alice.tree]) {
    const work = await spanOf(() => used.open(''));
    const looked = await look(source);
    for (const name of ['alice', 'bob']) expectIdleSince(looked.of(name), work, looked, 'lower_bound');
  }
  await bob.logoff();
  await look(source);
  const work = await spanOf(() => alice.tree.open(''));
  const looked = await look(source);
  expectIdleSince(looked.of('alice'), work, looked, 'exact');
});

test('while nobody asks, it looks by itself', async () => {
  using source = openSource(20);
  await using alice = await visit('alice');
  const looks = async (count: number) => {
    for (let i = 0; i < count; i++) for (const last = source.lastReport; source.lastReport === last; ) await sleep(5);
  };
  await looks(2);
  const work = await spanOf(() => alice.tree.open(''));
  await looks(2);
  await sleep(restMs);
  await alice.connection.echo();
  await looks(2);
  const looked = await look(source);
  expect(looked.of('alice').idleCertainty).toBe('exact');
  expect(looked.of('alice').lastActiveAt).toBeGreaterThanOrEqual(work.from);
  const next = await look(source);
  expect(next.sessions).toBe(looked.sessions);
});

describe('the program', () => {
  const listed = ({ stdout }: { stdout: string }) =>
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));

  test('a list of the server that runs here has watched; one alone has a lower bound', async () => {
    await using server = await Server.start(['--smb-conf', samba.smbConf]);
    expect((await server.get('/smbwho/v1/sessions')).body.sessions).toEqual([]);
    await using alice = await visit('alice');
    const runDir = join(server.stateFolder, 'run');
    expect(listed(await runSmbwho(['list', '--jsonl', '--run-dir', runDir]))).toMatchObject([
      { idle_certainty: 'exact' },
    ]);
    await sleep(restMs);
    await alice.connection.echo();
    const alone = await runSmbwho(['list', '--jsonl', '--smb-conf', samba.smbConf]);
    expect(listed(alone)).toMatchObject([{ idle_certainty: 'lower_bound' }]);
    expect((await runSmbwho(['list', '--smb-conf', samba.smbConf])).stdout).toMatch(/ >=\d+s /);
    const answer = async (query: string) => {
      const { status, body } = await server.get(`/smbwho/v1/sessions${query}`);
      return [status, body.sessions?.length ?? body.error_class];
    };
    expect(await answer('?idle_over=0s')).toEqual([200, 1]);
    expect(await answer('?idle_over=1h')).toEqual([200, 0]);
    expect(await answer('?idle_over=long')).toEqual([400, 'bad_parameter_error']);
    for (const [idle, count] of [
      ['0s', 1],
      ['1d', 0],
    ] as const) {
      const words = ['list', '--jsonl', '--idle-over', idle];
      expect(listed(await runSmbwho([...words, '--run-dir', runDir]))).toHaveLength(count);
      expect(listed(await runSmbwho([...words, '--smb-conf', samba.smbConf]))).toHaveLength(count);
    }
    expect(await runSmbwho(['list', '--idle-over', 'long'])).toMatchObject({ code: 2, stdout: '' });
    const { body } = await server.get('/v1/smb/sessions/');
    expect(BigInt(body.session_infos[0].time_idle.nanoseconds)).toBeGreaterThan(0n);
    const doctor = await runSmbwho(['doctor', '--smb-conf', samba.smbConf, '--run-dir', runDir]);
    expect(doctor.stdout).toContain('the kernel counts what comes over 1 of 1 connections');
  });

  test('from another network, idle is unknown, and doctor says so', async () => {
    await using _alice = await visit('alice');
    const elsewhere = async (...words: string[]) =>
      promisify(execFile)('unshare', ['--net', launcher, ...words, '--smb-conf', samba.smbConf]);
    expect(listed(await elsewhere('list', '--jsonl'))).toMatchObject([
      { last_active_at: null, idle_certainty: 'unknown' },
    ]);
    expect((await elsewhere('list', '--idle-over', '0s', '--no-headers')).stdout).toBe('');
    expect((await elsewhere('doctor')).stdout).toContain('idle times are unknown: its network is another than ours');
  });

  test('where the kernel can not be asked, a list is whole all the same, and doctor says why', async () => {
    await using _alice = await visit('alice');
    const rights = ['--permission', '--allow-fs-read=*', '--allow-fs-write=*', '--allow-net', '--allow-child-process'];
    const env = { NODE_OPTIONS: rights.join(' ') }; // and no --allow-addons
    const list = await runSmbwho(['list', '--jsonl', '--smb-conf', samba.smbConf], env);
    expect(list.code).toBe(0);
    expect(listed(list)).toMatchObject([{ user: { name: 'alice' }, last_active_at: null, idle_certainty: 'unknown' }]);
    const doctor = await runSmbwho(['doctor', '--smb-conf', samba.smbConf], env);
    expect(doctor.stdout).toContain('idle times are unknown: KERNEL_UNREACHABLE');
  });
});
