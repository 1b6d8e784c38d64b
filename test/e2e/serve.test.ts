import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runSmbwho, Server } from '../support/program.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { Smb2Connection } from '../support/smb2/index.ts';
import { TemporaryFolder } from '../support/temporary.ts';

describe('smbwho serve on a real Samba', () => {
  let samba: PrivateSamba;
  let server: Server;

  beforeAll(async () => {
    if (noSamba !== null) return;
    samba = await PrivateSamba.start({ users: ['alice', 'bob'].map((name) => ({ name })) });
    server = await Server.start(['--smb-conf', samba.smbConf]);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await samba?.stop();
  });
  beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

  const login = async (name: string) => {
    const connection = await Smb2Connection.open({ host: samba.host, port: samba.port });
    const session = await connection.login({ user: name, password: samba.user(name).password });
    await session.connect('public');
    return { connection, session, [Symbol.asyncDispose]: () => connection.close() };
  };
  const names = async (query = '') => {
    const { body } = await server.get(`/v1/smb/sessions/${query}`);
    return body.session_infos.map(({ user }: { user: { name: string } }) => user.name).sort();
  };

  test('sessions come and go', async () => {
    expect(await names()).toEqual([]);
    await using alice = await login('alice');
    await using _bob = await login('bob');
    expect(await names()).toEqual(['alice', 'bob']);
    expect(await names('?identity=alice')).toEqual(['alice']);
    expect(await names(`?identity=uid:${samba.user('bob').uid}`)).toEqual(['bob']);
    await alice.session.logoff();
    await until(async () => (await names()).join() === 'bob');
    expect(await names('?identity=alice')).toEqual([]);
    expect(await server.get('/v1/smb/sessions/?identity=nobody-there')).toMatchObject({
      status: 400,
      body: { error_class: 'cred_invalid_local_user_error' },
    });
  });

  test('a session of a process that was killed is in no list, though its record stays', async () => {
    await using _bob = await login('bob');
    const [session] = (await server.get('/smbwho/v1/sessions')).body.sessions;
    samba.signal(session.pid, 'SIGKILL');
    await until(async () => (await names()).length === 0);
    expect(await samba.tdbdump('smbXsrv_session_global.tdb')).not.toEqual([]);
  });

  test('the program opens nothing for long: descriptors stay the same over many lists', async () => {
    const descriptors = () => readdirSync(`/proc/${server.running.child.pid}/fd`).length;
    await names();
    await sleep(50);
    const before = descriptors();
    for (let i = 0; i < 50; i++) await names();
    await sleep(100);
    expect(descriptors()).toBeLessThanOrEqual(before + 1);
    const open = readdirSync(`/proc/${server.running.child.pid}/fd`).map((fd) =>
      tryReadlink(`/proc/${server.running.child.pid}/fd/${fd}`),
    );
    expect(open.filter((path) => path.endsWith('.tdb'))).toEqual([]);
  });

  test('Samba stopped: 503 and exit code 6; back again: sessions within a second', async () => {
    await samba.kill();
    const reply = await server.get('/v1/smb/sessions/');
    expect(reply).toMatchObject({ status: 503, body: { error_class: 'samba_unavailable_error' } });
    expect(reply.body.description).toContain('SAMBA_ABSENT');
    expect((await server.get('/readyz')).status).toBe(503);
    expect((await server.get('/healthz')).status).toBe(200);
    expect(await runSmbwho(['list', '--smb-conf', samba.smbConf])).toMatchObject({
      code: 6,
      stdout: '',
      stderr: expect.stringContaining('SAMBA_ABSENT'),
    });
    await samba.restart();
    await using _alice = await login('alice');
    const since = performance.now();
    await until(async () => (await server.get('/v1/smb/sessions/')).status === 200);
    expect(performance.now() - since).toBeLessThan(1000);
    expect(await names()).toEqual(['alice']);
  });

  test('restarts while lists are asked for: 200 or 503, nothing else, and no wrong name', async () => {
    let isDone = false;
    const asked = (async () => {
      const statuses = new Set<number>();
      while (!isDone) {
        const { status, body } = await server.get('/v1/smb/sessions/');
        statuses.add(status);
        if (status === 200) for (const { user } of body.session_infos) expect(['alice', 'bob']).toContain(user.name);
      }
      return statuses;
    })();
    for (let i = 0; i < 3; i++) {
      await using _alice = await login('alice');
      await samba.restart();
    }
    isDone = true;
    expect([...(await asked)].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  });

  test('list: a table, and JSON with the same sessions as the API', async () => {
    await using _alice = await login('alice');
    const table = await runSmbwho(['list', '--smb-conf', samba.smbConf]);
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout).toMatch(/^USER +FROM +SHARES/);
    expect(table.stdout).toMatch(/^alice +127\.0\.0\.1 +public/m);
    const json = await runSmbwho(['list', '--json'], { SMBWHO_SMB_CONF: samba.smbConf });
    // Idle times are left out: the server has watched, and a list alone has not.
    const unwatched = ({ last_active_at: _, idle_certainty: __, ...session }: Record<string, unknown>) => session;
    const { sessions } = (await server.get('/smbwho/v1/sessions')).body;
    expect(JSON.parse(json.stdout).map(unwatched)).toEqual(sessions.map(unwatched));
  });

  test('a cluster node is refused by name', async () => {
    using folder = new TemporaryFolder();
    const conf = folder.file('smb.conf', '[global]\nclustering = yes\n');
    expect(await runSmbwho(['list', '--smb-conf', conf])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('SAMBA_CLUSTERED'),
    });
  });
});

describe('smbwho serve where it can not', () => {
  test.each([
    [['--listen', 'nonsense'], 2, /CONFIG_INVALID: "nonsense" is no address/],
    [['--listen', '0.0.0.0:8000', '--tls', 'off'], 2, /plain HTTP .* loopback only/],
    [['--listen', '192.0.2.1:8000'], 1, /LISTEN_FAILED: .*no such address/],
    [['--state-dir', '/proc/nothing'], 1, /STATE_UNUSABLE/],
    [['--nonsense'], 2, /unknown option/],
  ])('%j', async (words, code, message) => {
    using folder = new TemporaryFolder();
    const finished = await runSmbwho(['serve', '--state-dir', folder.path, '--run-dir', folder.file('run'), ...words]);
    expect(finished).toMatchObject({ code, stdout: '' });
    expect(finished.stderr).toMatch(message);
    expect(finished.stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
  });

  test('a port that is taken is a named error', async () => {
    await using first = await Server.start(['--smb-conf', '/dev/null']);
    using folder = new TemporaryFolder();
    const { host } = new URL(first.url);
    const { code, stderr } = await runSmbwho([
      'serve',
      '--listen',
      host,
      '--state-dir',
      folder.path,
      '--run-dir',
      folder.file('run'),
    ]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('another program listens there')]);
  });

  test('without a readable smb.conf it serves the reason, and no token no data', async () => {
    await using server = await Server.start(['--smb-conf', '/nonexistent/smb.conf']);
    expect((await server.get('/v1/smb/sessions/')).body.description).toMatch(/SMB_CONF_UNREADABLE: .*nonexistent/);
    expect((await server.get('/v1/version')).status).toBe(200);
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; !(await condition()); await sleep(20)) {
    if (Date.now() > deadline) throw new Error('that did not come to be');
  }
}

function tryReadlink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
