import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goodPassword } from '../support/access.ts';
import { getJson, launcher, postJson, Running, runSmbwho, Server } from '../support/program.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { idOf } from '../support/scenarios/visit.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { Smb2Connection } from '../support/smb2/index.ts';
import { TemporaryFolder } from '../support/temporary.ts';

const contract = '/v1/smb/sessions/';
const roles = 'roles:\n  Helpdesk: [PRIVILEGE_SMB_SESSION_READ, PRIVILEGE_SMB_SESSION_WRITE]\n';

/** Somebody who is connected to these shares, over a connection of their own. */
async function visit(samba: PrivateSamba, name: string, ...shares: readonly string[]) {
  const connection = await Smb2Connection.open({ host: samba.host, port: samba.port });
  const session = await connection.login({ user: name, password: samba.user(name).password });
  for (const share of shares) await session.connect(share);
  return { id: String(idOf(session.id)), isThere: () => session.connect('public'), leave: () => connection.close() };
}
type Visitor = Awaited<ReturnType<typeof visit>>;

let samba: PrivateSamba;
let alice: Visitor;
let bob: Visitor;

beforeAll(async () => {
  if (noSamba !== null) return;
  samba = await PrivateSamba.start({
    users: [{ name: 'alice' }, { name: 'bob' }],
    shares: [{ name: 'public' }, { name: 'projects' }],
  });
});
afterAll(async () => samba?.stop());
beforeEach(async ({ skip }) => {
  skip(noSamba !== null, noSamba ?? '');
  alice = await visit(samba, 'alice', 'projects');
  bob = await visit(samba, 'bob', 'public', 'projects');
});
afterEach(async () => {
  await alice?.leave();
  await bob?.leave();
});

describe('who may', () => {
  let folder: TemporaryFolder;
  let config: string;
  let server: Server;

  beforeAll(async () => {
    if (noSamba !== null) return;
    folder = new TemporaryFolder();
    config = folder.file('smbwho.yaml', roles);
    server = await Server.start(['--smb-conf', samba.smbConf], ['env', `SMBWHO_CONFIG=${config}`]);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    folder?.[Symbol.dispose]();
  });

  /** What root does on the machine, and what is printed then. */
  async function root(words: readonly string[], stdin = ''): Promise<string> {
    const state = { SMBWHO_CONFIG: config, SMBWHO_STATE_DIR: server.stateFolder };
    const { stdout, stderr, code } = await runSmbwho(words, state, stdin);
    expect([stderr, code]).toEqual(['', 0]);
    return stdout.trim();
  }
  const createAccount = (name: string, role: string) =>
    root(['account', 'create', name, '--role', role, '--password-file', '-'], goodPassword);
  const logIn = (username: string, password = goodPassword) =>
    server.post('/v1/session/login', { username, password }, '');
  const list = async (token?: string) => (await server.get(contract, token)).body.session_infos;
  const locationOf = async ({ id }: Visitor): Promise<string> =>
    (await list()).find(({ location }: { location: string }) => location.split('.')[1] === id).location;
  const status = async (token: string) => (await server.get(contract, token)).status;
  const record = async (...words: readonly string[]) => JSON.parse(await root(['audit', 'list', '--json', ...words]));

  test('an account logs in, may what its role gives, and no more', async () => {
    await createAccount('eve', 'Helpdesk');
    await createAccount('olga', 'Observers');
    const [eve, olga] = (await Promise.all([logIn('eve'), logIn('olga')])).map(({ body }) => body.bearer_token);
    expect(eve).toMatch(/^session-v1:/);
    expect((await server.get('/v1/session/who-am-i', eve)).body).toMatchObject({
      name: 'eve',
      privileges: ['PRIVILEGE_SMB_SESSION_READ', 'PRIVILEGE_SMB_SESSION_WRITE'],
    });
    const location = await locationOf(bob);
    const close = (token: string) => server.post(`${contract}close`, [{ location }], token);
    expect(await close(olga)).toMatchObject({ status: 403, body: { error_class: 'privilege_error' } });
    await bob.isThere();
    expect(await close(eve)).toEqual({ status: 200, body: [{ error_message: '' }] });
    expect([await list(olga), await list(eve)].map((sessions) => sessions.length)).toEqual([1, 1]);
    expect(await server.get('/smbwho/v1/tokens', eve)).toMatchObject({ status: 403 });
  });

  test('at a terminal a password is asked for twice, and not seen', async ({ skip }) => {
    skip(!existsSync('/usr/bin/script'), 'script is not installed (Debian: bsdutils)');
    const command = `'${launcher}' account create ann --role Observers --state-dir '${server.stateFolder}'`;
    await using terminal = new Running('/usr/bin/script', ['-qec', command, '/dev/null'], 'pipe');
    for (const question of [/Password: $/, /Once more: $/]) {
      await terminal.until(question);
      terminal.child.stdin!.write(`${goodPassword}\n`);
    }
    expect(await terminal.ended).toBe(0);
    expect(terminal.output).toMatch(/^Password: \s+Once more: \s+3\d{9}\s+$/);
    expect(await logIn('ann')).toMatchObject({ status: 200 });
  });

  test('who is disabled, or has another password, is out at once', async () => {
    await createAccount('mallory', 'Administrators');
    expect(await logIn('mallory', `${goodPassword}!`)).toMatchObject({ status: 401 });
    const first = (await logIn('mallory')).body.bearer_token;
    const token = await root(['token', 'create', '--name', 'script', '--user', 'mallory']);
    expect([await status(first), await status(token)]).toEqual([200, 200]);
    await root(['account', 'password', 'mallory', '--password-file', '-'], `${goodPassword} 2`);
    expect([await status(first), await status(token)]).toEqual([401, 200]);
    await root(['account', 'disable', 'mallory']);
    expect(await status(token)).toBe(401);
    expect(await logIn('mallory', `${goodPassword} 2`)).toMatchObject({ status: 401 });
    await root(['account', 'enable', 'mallory']);
    expect([await status(token), await status(first)]).toEqual([200, 401]);
  });

  test('a token for a share sees what touches it, and closes what touches nothing else', async () => {
    const token = await root(['token', 'create', '--name', 'projects', '--share', 'projects']);
    const carol = await visit(samba, 'alice', 'public');
    try {
      expect((await list(token)).map((info: { share_names: string[] }) => info.share_names)).toEqual([
        ['projects'],
        ['projects'],
      ]);
      expect(await list()).toHaveLength(3);
      const locations = await Promise.all([bob, carol, alice].map(locationOf));
      const { body } = await server.post(
        `${contract}close`,
        locations.map((location) => ({ location })),
        token,
      );
      expect(body.map(({ error_message }: { error_message: string }) => error_message === '')).toEqual([
        false,
        false,
        true,
      ]);
      await Promise.all([bob.isThere(), carol.isThere()]);
      await expect(alice.isThere()).rejects.toMatchObject({ code: 'STATUS_USER_SESSION_DELETED' });
    } finally {
      await carol.leave();
    }
  });

  test('a token ends with its time, and another one at once when it is revoked', async () => {
    const short = await root(['token', 'create', '--name', 'short', '--expires', '3s']);
    const token = await root(['token', 'create', '--name', 'lasting']);
    expect(await status(token)).toBe(200);
    while ((await status(short)) === 200) await sleep(200);
    expect(await status(short)).toBe(401);
    const tokens: { id: string; name: string }[] = JSON.parse(await root(['token', 'list', '--json']));
    await root(['token', 'revoke', tokens.find(({ name }) => name === 'lasting')!.id]);
    expect(await status(token)).toBe(401);
    expect(await root(['token', 'list'])).toMatch(/ short .* expired\n.* lasting .* revoked/s);
    expect(await root(['token', 'create'])).toBe(server.token);
  });

  test('the record has who closed what, why, and how it ended, whoever did it; it verifies from the log', async () => {
    const locations = await Promise.all([alice, bob].map(locationOf));
    const token = await root(['token', 'create', '--name', 'cleaner', '--role', 'Data-Administrators']);
    const body = { locations: [locations[0]], reason: 'left open' };
    expect((await server.post('/smbwho/v1/close', body, token)).body).toMatchObject({ result: 'closed' });
    await root(['close', locations[1]!, '--yes', '--reason', 'moved', '--smb-conf', samba.smbConf]);

    const entries = await record('--operation', 'smb_close_session', '--limit', '2');
    expect(entries).toMatchObject([
      { by: 'admin', token_id: expect.any(String), from: '127.0.0.1', target: locations[0], reason: 'left open' },
      { by: 'root', token_id: null, from: 'this machine', target: locations[1], reason: 'moved' },
    ]);
    expect(entries.map(({ outcome, user }: { outcome: string; user: string }) => [outcome, user])).toEqual(
      ['alice', 'bob'].map((name) => ['closed', samba.user(name).name]),
    );
    expect(await record('--target', locations[1]!)).toMatchObject([
      { operation: 'smb_plan_close' },
      { reason: 'moved' },
    ]);

    const [line] = await server.running.until(/^.*"reason":"left open".*$/m);
    const { seq, hash } = JSON.parse(line);
    expect({ seq, hash }).toEqual({ seq: entries[0].seq, hash: entries[0].hash });
    expect(await root(['audit', 'verify', '--anchor', `${seq}:${hash}`])).toMatch(/^\d+ entries/);
    const exported = folder.file('audit.jsonl', `${await root(['audit', 'export'])}\n`);
    expect(await root(['audit', 'verify', exported, '--anchor', `${seq}:${hash}`])).toMatch(/^\d+ entries/);
    writeFileSync(exported, readFileSync(exported, 'utf8').replace('left open', 'left 0pen'));
    expect(await runSmbwho(['audit', 'verify', exported])).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('AUDIT_BROKEN'),
      code: 1,
    });
  });
});

test('with a full disk nothing is closed, by the server or by root, and lists go on', async () => {
  await using disk = await SmallDisk.mount(4);
  const words = ['--smb-conf', samba.smbConf, '--state-dir', disk.path];
  const serve = ['serve', '--listen', '127.0.0.1:0', '--run-dir', join(disk.path, 'run'), ...words];
  await using running = new Running(disk.wrapper[0]!, [...disk.wrapper.slice(1), launcher, ...serve]);
  const [, url] = await running.until(/serving (https:\S+),/);
  const token = readFileSync(disk.file('token'), 'utf8').trim();
  const list = async () => (await getJson(url + contract, token)).body.session_infos;
  const [{ location }] = await list();
  const closeDirectly = () => {
    const [command, ...rest] = [...disk.wrapper, launcher, 'close', location, '--yes', ...words];
    const { stdout, stderr, status } = spawnSync(command!, rest, { encoding: 'utf8' });
    return { stdout, stderr, status };
  };

  disk.fill();
  for (const path of [`${contract}close`, '/smbwho/v1/close']) {
    const body = path.startsWith(contract) ? [{ location }] : { locations: [location] };
    expect(await postJson(url + path, token, body)).toMatchObject({
      status: 503,
      body: { error_class: 'audit_unavailable_error' },
    });
  }
  expect(closeDirectly()).toMatchObject({ stdout: '', stderr: expect.stringContaining('AUDIT_UNWRITABLE'), status: 1 });
  await Promise.all([alice.isThere(), bob.isThere()]);
  expect(await list()).toHaveLength(2);

  disk.empty();
  expect(closeDirectly()).toMatchObject({ stdout: expect.stringMatching(/^closed /), stderr: '', status: 0 });
  expect(await list()).toHaveLength(1);
  const [{ location: other }] = await list();
  expect(await postJson(`${url}${contract}close`, token, [{ location: other }])).toMatchObject({
    status: 200,
    body: [{ error_message: '' }],
  });
});
