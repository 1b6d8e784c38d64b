import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launcher, Running, runSmbwho, Server } from '../support/program.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { idOf } from '../support/scenarios/visit.ts';
import { Smb2Connection } from '../support/smb2/index.ts';

const deleted = { code: 'STATUS_USER_SESSION_DELETED' };
const contract = '/v1/smb/sessions/close';

/** A user at work, beside others on one connection. */
async function work(samba: PrivateSamba, connection: Smb2Connection, name: string, isWriting = true) {
  const session = await connection.login({ user: name, password: samba.user(name).password });
  const tree = await session.connect('public');
  const file = isWriting ? await tree.open(`${name}.txt`, { disposition: 'open_if' }) : null;
  const id = idOf(session.id);
  let written = '';
  return {
    id,
    /** Writes on, and proves that it is in the file; without a file, connects once more. */
    async write() {
      if (file === null) return void (await session.connect('public'));
      await file.write('x', written.length);
      written += 'x';
      expect(readFileSync(join(samba.shares.get('public')!, `${name}.txt`), 'utf8')).toBe(written);
    },
    /** Looks whether it is there at all. */
    look: () => session.connect('public'),
  };
}
type Worker = Awaited<ReturnType<typeof work>>;

describe('closing sessions of a real Samba', () => {
  let samba: PrivateSamba;
  let server: Server;
  let here: readonly string[];
  let connection: Smb2Connection;
  let alice: Worker;
  let bob: Worker;
  /** Has no file open. */
  let carol: Worker;

  beforeAll(async () => {
    if (noSamba !== null) return;
    samba = await PrivateSamba.start({ users: ['alice', 'bob', 'carol'].map((name) => ({ name })) });
    server = await Server.start(['--smb-conf', samba.smbConf]);
    here = ['--run-dir', join(server.stateFolder, 'run')];
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await samba?.stop();
  });
  beforeEach(async ({ skip }) => {
    skip(noSamba !== null, noSamba ?? '');
    for (const name of ['alice', 'bob']) rmSync(join(samba.shares.get('public')!, `${name}.txt`), { force: true });
    connection = await Smb2Connection.open({ host: samba.host, port: samba.port });
    alice = await work(samba, connection, 'alice');
    bob = await work(samba, connection, 'bob');
    carol = await work(samba, connection, 'carol', false);
  });
  afterEach(async () => connection?.close());

  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  type Listed = any;
  const list = async (): Promise<Listed[]> => (await server.get('/v1/smb/sessions/')).body.session_infos;
  const infoOf = async ({ id }: Worker): Promise<Listed> =>
    (await list()).find(({ location }) => location.split('.')[1] === String(id));
  const locationOf = async (worker: Worker): Promise<string> => (await infoOf(worker)).location;

  /** The first has ended, and the others work on. */
  async function expectOnlyEnded(ended: Worker, ...others: readonly Worker[]) {
    await expect(ended.look()).rejects.toMatchObject(deleted);
    for (const worker of others) await worker.write();
    const ids = (await list()).map(({ location }) => location.split('.')[1]);
    for (const worker of others) expect(ids).toContain(String(worker.id));
    expect(ids).not.toContain(String(ended.id));
  }

  describe('through the contract', () => {
    test('a session of the list, sent back whole, ends; the others on its connection write on', async () => {
      const info = await infoOf(bob);
      expect(await server.post(contract, [info])).toEqual({ status: 200, body: [{ error_message: '' }] });
      await expectOnlyEnded(bob, alice, carol);
      const again = await server.post(contract, [info, { location: await locationOf(alice) }, info]);
      expect(again.body).toEqual([
        { error_message: 'already gone' },
        { error_message: '' },
        { error_message: 'already gone' },
      ]);
      await expectOnlyEnded(alice, carol);
    });

    test('single calls side by side, as programs send them', async () => {
      const locations = await Promise.all([alice, bob, carol].map(locationOf));
      const replies = await Promise.all(locations.map((location) => server.post(contract, [{ location }])));
      expect(replies).toEqual(locations.map(() => ({ status: 200, body: [{ error_message: '' }] })));
      expect(await list()).toEqual([]);
    });

    test('what is not of its form closes nothing, and neither does what is altered', async () => {
      const location = await locationOf(bob);
      const [, id, time] = location.split('.');
      for (const body of [
        [[{ location }]],
        { location },
        [{ location }, {}],
        [{ location }, { location: 5 }],
        location,
      ]) {
        expect(await server.post(contract, body)).toMatchObject({ status: 400, body: { error_class: 'decode_error' } });
      }
      const altered = [
        `1.${id}.${BigInt(time!) + 1n}`,
        `1.${Number(id) + 1}.${time}`,
        `2.${id}.${time}`,
        `1.${id}.0`,
        `0${location}`,
      ];
      const { body } = await server.post(
        contract,
        altered.map((each) => ({ location: each })),
      );
      for (const { error_message } of body) expect(error_message).not.toBe('');
      await Promise.all([alice.write(), bob.write(), carol.look()]);
    });
  });

  describe('through the richer API', () => {
    test('a plan tells what it costs; who writes must be confirmed; the log has who closed what', async () => {
      const location = await locationOf(bob);
      const plan = await server.post('/smbwho/v1/close-plan', { locations: [location] });
      expect(plan).toMatchObject({
        status: 200,
        body: { to_confirm: 1, closes: [{ num_opens: 1, num_opens_for_writing: 1 }] },
      });
      expect(plan.body.closes[0].neighbours.sort()).toEqual([await locationOf(alice), await locationOf(carol)].sort());
      const close = (rest: object) => server.post('/smbwho/v1/close', { locations: [location], ...rest });
      expect(await close({})).toMatchObject({ status: 409, body: { error_class: 'close_confirmation_error' } });
      expect(await close({ confirmed: 2 })).toMatchObject({ status: 409 });
      await bob.write();
      const outcome = await close({ confirmed: 1, reason: 'left open' });
      expect(outcome).toMatchObject({ status: 200, body: { location, result: 'closed', came_back_as: null } });
      await expectOnlyEnded(bob, alice, carol);
      const [line] = await server.running.until(/^.*"reason":"left open".*$/m);
      expect(JSON.parse(line)).toMatchObject({
        msg: 'smb_close_session',
        by: 'admin',
        from: '127.0.0.1',
        location,
        user: samba.user('bob').name,
        result: 'closed',
      });
    });

    test('says as whom the user came back', async () => {
      const location = await locationOf(bob);
      const closed = server.post('/smbwho/v1/close', { locations: [location], confirmed: 1, watch_ms: 30_000 });
      while (await isThere(bob)) await connection.echo();
      const back = await work(samba, connection, 'bob');
      expect((await closed).body).toMatchObject({ result: 'closed', came_back_as: await locationOf(back) });
    });
  });

  describe('on the command line', () => {
    const remote = () => {
      const file = (name: string) => join(server.stateFolder, name);
      return ['--server', server.url, '--token-file', file('token'), '--ca', file('tls.crt')];
    };

    test.each<[string, () => readonly string[]]>([
      ["through this machine's server", () => here],
      ['of another server', remote],
      ['directly', () => ['--smb-conf', samba.smbConf]],
    ])('%s: a dry run closes nothing, --yes ends that session alone', async (_, where) => {
      const location = await locationOf(bob);
      const dry = await runSmbwho(['close', location, '--dry-run', ...where()]);
      expect(dry).toMatchObject({ code: 0, stderr: '' });
      expect(dry.stdout).toMatch(new RegExp(`^USER .*\\n${samba.user('bob').name} .* 1 +1 +2 .*${location}\\n`));
      await bob.write();
      const done = await runSmbwho(['close', location, '--yes', ...where()]);
      expect(done).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(`^closed +${location} `) });
      await expectOnlyEnded(bob, alice, carol);
      expect(await runSmbwho(['close', location, '--yes', ...where()])).toMatchObject({
        code: 3,
        stdout: expect.stringMatching(/^already gone/),
      });
    });

    test('by a filter: the sessions of one user, a line of JSON each', async () => {
      const another = await work(samba, connection, 'bob', false);
      const done = await runSmbwho(['close', '--identity', samba.user('bob').name, '--yes', '--json', ...here]);
      expect([done.code, done.stderr]).toEqual([0, '']);
      const outcomes = done.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(outcomes.map(({ result }) => result)).toEqual(['closed', 'closed']);
      await expectOnlyEnded(bob, alice);
      await expectOnlyEnded(another, alice, carol);
    });

    test('a filter that nothing is like closes nothing', async () => {
      const done = await runSmbwho(['close', '--share', 'none', '--yes', ...here]);
      expect(done).toEqual({ code: 0, stdout: '', stderr: 'smbwho: no session is like that; nothing was closed\n' });
      await Promise.all([alice.write(), bob.write(), carol.look()]);
    });

    test('without a terminal it asks nobody, and closes nothing', async () => {
      const done = await runSmbwho(['close', await locationOf(bob), ...here]);
      expect(done).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--yes') });
      await bob.write();
    });

    describe('at a terminal', () => {
      beforeEach(({ skip }) => skip(!existsSync('/usr/bin/script'), 'script is not installed (Debian: bsdutils)'));

      /** Runs the program on a terminal of its own, and types once it asks. */
      async function answer(typed: string, ...words: readonly string[]) {
        const command = ['close', ...words, ...here].reduce((line, word) => `${line} '${word}'`, launcher);
        await using terminal = new Running('/usr/bin/script', ['-qec', command, '/dev/null'], 'pipe');
        await terminal.until(/\[y\/N\] |to do so: /);
        terminal.child.stdin!.write(typed);
        const code = await terminal.ended;
        return { code, shown: terminal.output };
      }

      test('a session that does not write: y closes it, n and Ctrl-C do not', async () => {
        const location = await locationOf(carol);
        for (const typed of ['n\n', '\n', '\u0003']) {
          expect(await answer(typed, location)).toMatchObject({
            code: 1,
            shown: expect.stringContaining('nothing was closed'),
          });
          await carol.look();
        }
        expect(await answer('y\n', location)).toMatchObject({
          code: 0,
          shown: expect.stringMatching(`closed +${location}`),
        });
        await expectOnlyEnded(carol, alice, bob);
      });

      test('one that writes: its number has to be typed', async () => {
        const location = await locationOf(bob);
        expect((await answer('y\n', location)).shown).toMatch(
          /1 of them with files open for writing[\s\S]*nothing was closed/,
        );
        await bob.write();
        expect((await answer('1\n', location)).code).toBe(0);
        await expectOnlyEnded(bob, alice, carol);
      });
    });
  });

  async function isThere({ id }: Worker): Promise<boolean> {
    return (await list()).some(({ location }) => location.split('.')[1] === String(id));
  }
});

describe('a recording', () => {
  test('ends nothing, and says why; a call beyond --close-limit is refused whole', async () => {
    await using server = await Server.start(['--recording', 'demo/recording', '--close-limit', '2']);
    const { session_infos } = (await server.get('/v1/smb/sessions/')).body;
    const { status, body } = await server.post(contract, session_infos.slice(0, 2));
    expect(status).toBe(200);
    for (const { error_message } of body) expect(error_message).toMatch(/recording/);
    expect(await server.post(contract, session_infos.slice(0, 3))).toMatchObject({
      status: 400,
      body: { error_class: 'close_limit_error' },
    });
    const { location } = session_infos[0];
    const done = await runSmbwho(['close', location, '--yes', '--run-dir', join(server.stateFolder, 'run')]);
    expect(done).toMatchObject({ code: 5, stdout: expect.stringMatching(`^refused +${location} .*recording`) });
  });

  test('a limit that is none is a usage error', async () => {
    expect(await runSmbwho(['serve', '--close-limit', '0'])).toMatchObject({ code: 2, stdout: '' });
  });
});
