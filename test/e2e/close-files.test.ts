import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCloser, LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import type { CloseOptions, CloseOutcome, Closer, Session } from '../../src/sessions/index.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { idOf } from '../support/scenarios/visit.ts';
import { access, leaseState, type OpenOptions, Smb2Connection } from '../support/smb2/index.ts';

let samba: PrivateSamba;
let source: LocalSource;
let closer: Closer;

beforeAll(async () => {
  if (noSamba !== null) return;
  // Otherwise 4.13 grants no durable handles, and one user can't open another's file.
  const globals = { 'kernel share modes': 'no', 'force create mode': '0666' };
  samba = await PrivateSamba.start({
    globals,
    shares: [{ name: 'public' }, { name: 'forced', options: { 'force user': 'nobody' } }],
  });
});
afterAll(async () => samba?.stop());
beforeEach(({ skip }) => {
  skip(noSamba !== null, noSamba ?? '');
  source = new LocalSource({ instance: 1, locate: () => locateInstance(samba.smbConf) });
  closer = createCloser([{ instance: 1, source }]);
});
afterEach(() => source?.[Symbol.dispose]());

const filesFirst: CloseOptions = { filesFirst: true, watchMs: 0 };
const toWrite: OpenOptions = { access: access.read | access.write, disposition: 'open_if' };
const state = leaseState.read | leaseState.handle | leaseState.write;

/** Which of two ways a release's records go: since 4.24 a file names its session. */
const namesSessions = () => Number(samba.release.split('.')[1]) >= 24;
/** 4.21 and 4.22 do not take the only form that is safe to send them. */
const takesNoFiles = () => ['21', '22'].includes(samba.release.split('.')[1]!);

async function connect(options: { clientGuid?: Buffer } = {}) {
  const connection = await Smb2Connection.open({ host: samba.host, port: samba.port, ...options });
  const login = async (user: string, share = 'public') => {
    const session = await connection.login({ user, password: samba.user(user).password });
    return { session, tree: await session.connect(share) };
  };
  return { connection, login, [Symbol.asyncDispose]: async () => connection.drop() };
}

type Visit = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['login']>>;

async function listed({ session }: Visit): Promise<Session> {
  const { sessions } = await source.refresh();
  return sessions.find(({ location }) => location.sessionGlobalId === idOf(session.id))!;
}

async function planFor(visit: Visit) {
  const { location } = await listed(visit);
  return closer.plan([location]);
}

async function end(visit: Visit, options: CloseOptions): Promise<CloseOutcome> {
  const outcomes = await Array.fromAsync(closer.close(await planFor(visit), options));
  expect(outcomes).toHaveLength(1);
  return outcomes[0]!;
}

const deleted = { code: 'STATUS_USER_SESSION_DELETED' };

describe('a session with a durable handle', () => {
  /** Opens, closes the session in that way, and says what becomes of the handle in a new session. */
  async function reclaim(name: string, options: CloseOptions) {
    const clientGuid = randomBytes(16);
    await using one = await connect({ clientGuid });
    const alice = await one.login('alice');
    const lease = { key: randomBytes(16), state };
    const createGuid = randomBytes(16);
    const kept = await alice.tree.open(name, { ...toWrite, lease, durable: { createGuid } });
    expect(kept.isDurable).toBe(true);
    await kept.write('kept');
    const outcome = await end(alice, options);
    if (outcome.result !== 'closed') {
      await kept.write('still');
      return { outcome, handle: 'open' };
    }
    await expect(alice.tree.open('')).rejects.toMatchObject(deleted);
    await using two = await connect({ clientGuid });
    const back = await two.login('alice');
    const reconnectDurable = { createGuid, fileId: kept.fileId };
    const handle = await back.tree.open(name, { lease, reconnectDurable }).then(
      async (file) => `reclaimed, ${await file.read(4)}`,
      ({ code }) => code,
    );
    return { outcome, handle };
  }

  test('ends, but the handle stays and is taken up again', async () => {
    expect(await reclaim('durable-kept', { filesFirst: false, watchMs: 0 })).toMatchObject({
      outcome: { result: 'closed', filesClosed: 0 },
      handle: 'reclaimed, kept',
    });
  });

  test('ends with it where its files are closed first', async () => {
    const message = expect.stringMatching(/4\.21 and 4\.22/);
    expect(await reclaim('durable-closed', filesFirst)).toMatchObject(
      takesNoFiles()
        ? { outcome: { result: 'refused', message, filesClosed: 0 }, handle: 'open' }
        : { outcome: { result: 'closed', message: '', filesClosed: 1 }, handle: 'STATUS_OBJECT_NAME_NOT_FOUND' },
    );
  });
});

describe('files first', () => {
  beforeEach(({ skip }) => skip(takesNoFiles(), 'its smbd does not take them'));

  test('all files and directories of the one, and no other open of the same files', async () => {
    await using one = await connect();
    await using other = await connect();
    const victim = await one.login('bob');
    const others = [await one.login('alice'), await other.login('bob'), await other.login('carol')];
    const opens = await Promise.all(others.map(({ tree }) => tree.open('shared', toWrite)));
    const own = [];
    for (let i = 0; i < 30; i++) own.push(await victim.tree.open(i % 2 === 0 ? 'shared' : `own-${i}`, toWrite));
    const watch = (await victim.tree.open('', { directory: true })).watch();
    await watch.pending;
    await victim.tree.open('read', { access: access.read, disposition: 'open_if' });

    const { closes } = await closer.plan([(await listed(victim)).location]);
    expect(closes).toMatchObject([{ numOpens: 32, numOpensForWriting: 30 }]);
    const named = closes[0]!.files.map(({ path, forWriting }) => [path.split('/').at(-1), forWriting]);
    const [ownNames, shared] = [own.filter((_, i) => i % 2 === 1), own.filter((_, i) => i % 2 === 0)];
    expect(named).toEqual([
      ...ownNames.map(({ name }) => [name, true]).sort(),
      ...shared.map(({ name }) => [name, true]),
      ['public', false],
      ['read', false],
    ]);
    expect(await end(victim, filesFirst)).toMatchObject({ result: 'closed', message: '', filesClosed: 32 });
    await expect(own[0]!.write('no')).rejects.toMatchObject(deleted);
    await expect(watch.status).resolves.toBeTypeOf('number');
    for (const open of opens) await open.write('yes');
    for (const { tree } of others) await tree.open('shared', toWrite);
  });

  test('a session that has nothing open just ends', async () => {
    await using one = await connect();
    const [alice, bob] = [await one.login('alice'), await one.login('bob')];
    const open = await bob.tree.open('bobs', toWrite);
    expect(await end(alice, filesFirst)).toMatchObject({ result: 'closed', message: '', filesClosed: 0 });
    await open.write('yes');
  });

  test('two sessions of one user on one connection', async () => {
    await using one = await connect();
    const [victim, same, other] = [await one.login('alice'), await one.login('alice'), await one.login('bob')];
    const file = await victim.tree.open('first', toWrite);
    const survivors = [await same.tree.open('first', toWrite), await other.tree.open('first', toWrite)];
    const outcome = await end(victim, filesFirst);
    if (namesSessions()) {
      expect(outcome).toMatchObject({ result: 'closed', filesClosed: 1 });
      await expect(file.write('no')).rejects.toMatchObject(deleted);
    } else {
      expect(outcome).toMatchObject({ result: 'refused', filesClosed: 0 });
      expect(outcome.message).toMatch(/another session of the same user/);
      await file.write('yes');
      // A third user of the connection can be told apart.
      expect(await end(other, filesFirst)).toMatchObject({ result: 'closed', filesClosed: 1 });
      survivors.pop();
      await file.write('yes');
    }
    for (const survivor of survivors) await survivor.write('yes');
  });

  test('a stopped smbd is not told: it could be reading or writing in them', async () => {
    await using one = await connect();
    const victim = await one.login('alice');
    const file = await victim.tree.open('stopped', toWrite);
    const plan = await planFor(victim);
    const { pid } = await listed(victim);
    samba.signal(pid, 'SIGSTOP');
    try {
      const [outcome] = await Array.fromAsync(closer.close(plan, filesFirst));
      expect(outcome).toMatchObject({ result: 'refused', filesClosed: 0 });
      expect(outcome!.message).toMatch(/^not closed: smbd \d+ has been at work for 1\.5 s: it would crash/);
    } finally {
      samba.signal(pid, 'SIGCONT');
    }
    await file.write('yes');
  });

  test('a session that waits for a lock is left alone while it does', async () => {
    await using one = await connect();
    const [victim, other] = [await one.login('alice'), await one.login('bob')];
    const [file, held] = [await victim.tree.open('locked', toWrite), await other.tree.open('locked', toWrite)];
    const range = { offset: 0n, length: 10n, kind: 'exclusive' } as const;
    await held.lock({ ...range, failImmediately: true });
    const lock = file.lock(range);
    await expect.poll(async () => (await end(victim, filesFirst)).message).toMatch(/^not closed: .*waits for a lock/);
    await held.lock({ ...range, kind: 'unlock' });
    await lock;
    expect(await end(victim, filesFirst)).toMatchObject({ result: 'closed', filesClosed: 1 });
    await held.write('yes');
  });

  test('an smbd that ends meanwhile takes its sessions with it', async () => {
    await using one = await connect();
    const victim = await one.login('alice');
    await victim.tree.open('killed', toWrite);
    const plan = await planFor(victim);
    const { pid } = await listed(victim);
    samba.signal(pid, 'SIGSTOP');
    const outcomes = Array.fromAsync(closer.close(plan, filesFirst));
    await sleep(200);
    samba.signal(pid, 'SIGKILL');
    expect(await outcomes).toMatchObject([{ result: 'gone' }]);
  });

  test('files that are opened as another user', async () => {
    await using one = await connect();
    const [victim, other] = [await one.login('alice', 'forced'), await one.login('bob')];
    const file = await victim.tree.open('forced', toWrite);
    const survivor = await other.tree.open('plain', toWrite);
    const outcome = await end(victim, filesFirst);
    expect(outcome).toMatchObject(
      namesSessions() ? { result: 'closed', filesClosed: 1 } : { result: 'refused', filesClosed: 0 },
    );
    if (!namesSessions()) await file.write('yes');
    await survivor.write('yes');
  });
});
