import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runSmbwho, Server } from '../support/program.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { Smb2Connection } from '../support/smb2/index.ts';
import { TemporaryFolder } from '../support/temporary.ts';

/** Logs a user in on a connection of its own, for as long as the caller holds it. */
async function visit(samba: PrivateSamba, name: string, share = 'public') {
  const connection = await Smb2Connection.open({ host: samba.host, port: samba.port });
  const session = await connection.login({ user: name, password: samba.user(name).password });
  await session.connect(share);
  return { connection, session, [Symbol.asyncDispose]: () => connection.close() };
}

beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

describe('commands beside a running server', () => {
  let samba: PrivateSamba;
  let server: Server;
  let alice: Awaited<ReturnType<typeof visit>>;
  let runDir: string;
  let remote: string[];

  beforeAll(async () => {
    if (noSamba !== null) return;
    samba = await PrivateSamba.start();
    server = await Server.start(['--smb-conf', samba.smbConf]);
    alice = await visit(samba, 'alice');
    runDir = join(server.stateFolder, 'run');
    remote = ['--server', server.url, '--token-file', join(server.stateFolder, 'token')];
  });
  afterAll(async () => {
    await alice?.connection.close();
    await server?.[Symbol.asyncDispose]();
    await samba?.stop();
  });

  const locations = async (...words: string[]) => {
    const { stdout, stderr, code } = await runSmbwho(['list', '--jsonl', ...words]);
    expect([stderr, code]).toEqual(['', 0]);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).location);
  };

  test('list asks the server of this machine through its socket, which is for root alone', async () => {
    expect(statSync(runDir).mode & 0o777).toBe(0o700);
    expect(await locations('--run-dir', runDir)).toEqual(await locations('--smb-conf', samba.smbConf));
    expect(await locations('--run-dir', runDir)).toHaveLength(1);
  });

  test('list asks another server, whose certificate it must know', async () => {
    const certificate = join(server.stateFolder, 'tls.crt');
    const { fingerprint256 } = new X509Certificate(readFileSync(certificate));
    expect(await locations(...remote, '--ca', certificate)).toHaveLength(1);
    expect(await locations(...remote, '--fingerprint', fingerprint256)).toHaveLength(1);
    const untrusted = await runSmbwho(['list', ...remote]);
    expect(untrusted).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('SERVER_CERTIFICATE') });
    expect(await runSmbwho(['list', ...remote.slice(0, 2)])).toMatchObject({ code: 2 });
  });

  test('a name is looked up where the sessions are', async () => {
    expect(await locations('--run-dir', runDir, '--identity', 'alice')).toHaveLength(1);
    expect(await locations('--run-dir', runDir, '--identity', 'bob')).toEqual([]);
    expect(await runSmbwho(['list', '--run-dir', runDir, '--identity', 'nobody-there'])).toMatchObject({ code: 3 });
  });

  test('show, by the location that list gives', async () => {
    const [location] = await locations('--run-dir', runDir);
    const { stdout, code } = await runSmbwho(['show', location!, '--run-dir', runDir]);
    expect(code).toBe(0);
    for (const text of ['alice', 'public', '3.1.1', location!]) expect(stdout).toContain(text);
    expect(await runSmbwho(['show', `${location}1`, '--run-dir', runDir])).toMatchObject({ code: 3, stdout: '' });
  });

  test('inspect shows fields, never keys', async () => {
    const path = join(samba.lockDirectory, 'smbXsrv_session_global.tdb');
    const { stdout, stderr, code } = await runSmbwho(['inspect', path]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/smbXsrv_session_global, layout of .*, 1 records/)]);
    const { key, value } = JSON.parse(stdout);
    expect(Number(key)).toBe(value.sessionGlobalId);
    expect(value.authSessionInfo.accountName).toBe('alice');
    expect(stdout).not.toMatch(/[\da-f]{32}|[\w+/]{40}/i); // as long as a key would be, in any notation
    const other = await runSmbwho(['inspect', join(samba.lockDirectory, 'locking.tdb')]);
    expect(other).toMatchObject({ code: 0, stderr: expect.stringContaining('no file of sessions') });
    expect(await runSmbwho(['inspect', '/etc/passwd'])).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/TDB_/),
    });
  });

  test('doctor says what it found, and finds no fault', async () => {
    const { stdout, code } = await runSmbwho(['doctor', '--smb-conf', samba.smbConf, '--run-dir', runDir]);
    expect(code).toBe(0);
    for (const text of [
      samba.smbConf,
      samba.inside(samba.lockDirectory),
      `${samba.pid}`,
      'the records are those of Samba 4.',
      '1 listed',
    ])
      expect(stdout).toContain(text);
    const { stdout: json } = await runSmbwho(['doctor', '--json', '--smb-conf', samba.smbConf, '--run-dir', runDir]);
    expect(JSON.parse(json).instances).toHaveLength(1);
    const broken = await runSmbwho(['doctor', '--smb-conf', '/nonexistent/smb.conf', '--run-dir', runDir]);
    expect(broken).toMatchObject({ code: 1, stdout: expect.stringContaining('SMB_CONF_UNREADABLE') });
  });

  test('a second server on this machine serves all the same, and says that the socket is taken', async () => {
    await using second = await Server.start(['--smb-conf', samba.smbConf, '--run-dir', runDir]);
    expect((await second.get('/v1/smb/sessions/')).body.session_infos).toHaveLength(1);
    expect(second.running.output).toContain('another smbwho serves');
    expect(await locations('--run-dir', runDir)).toHaveLength(1);
  });

  test('token create makes a token once, readable by its owner alone', async () => {
    using folder = new TemporaryFolder();
    const state = folder.file('state');
    const first = await runSmbwho(['token', 'create', '--state-dir', state]);
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^access-v1:[\w-]{43}\n$/) });
    expect(await runSmbwho(['token', 'create', '--state-dir', state])).toEqual(first);
    expect(statSync(join(state, 'token')).mode & 0o777).toBe(0o600);
  });
});

describe('two instances', () => {
  test('are listed together; one that stops does not hide the other, and comes back', async () => {
    await using first = await PrivateSamba.start();
    await using second = await PrivateSamba.start();
    await using server = await Server.start(['--smb-conf', first.smbConf, '--smb-conf', `7=${second.smbConf}`]);
    await using _alice = await visit(first, 'alice');
    let bob = await visit(second, 'bob');
    const list = async () => {
      const { body, status } = await server.get('/smbwho/v1/sessions');
      expect(status).toBe(200);
      const names = body.sessions.map(
        ({ instance, user }: { instance: number; user: { name: string } }) => `${instance} ${user.name}`,
      );
      return {
        names,
        verdicts: body.parts.map(
          ({ instance, verdict }: { instance: number; verdict: string }) => `${instance} ${verdict}`,
        ),
        parts: body.parts,
      };
    };
    expect(await list()).toMatchObject({ names: ['1 alice', '7 bob'], verdicts: ['1 complete', '7 complete'] });
    const { session_infos } = (await server.get('/v1/smb/sessions/')).body;
    expect(
      session_infos.map((one: { tenant_id: number; location: string }) => [one.tenant_id, one.location.split('.')[0]]),
    ).toEqual([
      [1, '1'],
      [7, '7'],
    ]);

    await second.kill();
    bob.connection.drop();
    const partial = await list();
    expect(partial).toMatchObject({ names: ['1 alice'], verdicts: ['1 complete', '7 partial'] });
    expect(partial.parts[1].problems).toMatchObject([{ code: 'SAMBA_ABSENT' }]);
    const runDir = join(server.stateFolder, 'run');
    expect(await runSmbwho(['list', '--run-dir', runDir])).toMatchObject({
      code: 5,
      stdout: expect.stringContaining('alice'),
    });

    await second.restart();
    bob = await visit(second, 'bob');
    expect(await list()).toMatchObject({ names: ['1 alice', '7 bob'], verdicts: ['1 complete', '7 complete'] });
    await bob.connection.close();
  });

  test('a number given twice is refused', async () => {
    expect(await runSmbwho(['list', '--smb-conf', '/a', '--smb-conf', '/b'])).toMatchObject({ code: 2, stdout: '' });
  });
});
