import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getJson, launcher, type Reply, Running, runSmbwho, Server } from '../support/program.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { secretsIn } from '../support/secrets.ts';
import { Smb2Connection } from '../support/smb2/index.ts';
import { TemporaryFolder } from '../support/temporary.ts';

/** Two bytes that read otherwise in each of the forms, and 128 bits. */
const makeSecret = (name: string) => `${name}?ü/${randomBytes(16).toString('hex')}`;

describe('what only its bearer may know', () => {
  let samba: PrivateSamba;
  let server: Server;
  let folder: TemporaryFolder;
  const secrets: Record<string, string> = {};
  /** What the programs said, and what the API answered, each with a name. */
  const said: Record<string, string> = {};

  beforeAll(async () => {
    if (noSamba !== null) return;
    folder = new TemporaryFolder();
    samba = await PrivateSamba.start();
    server = await Server.start(['--smb-conf', samba.smbConf]);
    await live();
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await samba?.stop();
    folder?.[Symbol.dispose]();
  });
  beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

  /** Logs in, rightly and wrongly, makes and revokes tokens, closes, and sends all sorts of nonsense with secrets in it. */
  async function live(): Promise<void> {
    for (const name of ['password', 'second', 'wrong', 'typed as a name', 'short']) secrets[name] = makeSecret(name);
    secrets.short = 'Zq7#kW2';
    secrets['first token'] = server.token;
    secrets['unknown token'] = `access-v1:${randomBytes(32).toString('base64url')}`;
    secrets['state secret'] = readFileSync(join(server.stateFolder, 'secret'), 'utf8').split('\n')[0]!;
    const [key] = /(?<=-\n)[^-]+/.exec(readFileSync(join(server.stateFolder, 'tls.key'), 'utf8'))!;
    for (const [i, line] of key.trim().split('\n').entries()) secrets[`line ${i} of tls.key`] = line;
    secrets["alice's SMB password"] = samba.user('alice').password;

    await root('account', ['create', 'eve', '--role', 'Administrators', '--password-file', '-'], secrets.password);
    await root('account', ['create', 'eve', '--role', 'Administrators', '--password-file', '-'], secrets.password);
    await root('account', ['create', 'bob', '--role', 'Observers', '--password-file', '-'], secrets.short);
    secrets['token of root'] = await root('token', ['create', '--name', 'script', '--user', 'eve']);

    const session = await logIn('eve', secrets.password!);
    secrets['session token'] = session.body.bearer_token;
    secrets['altered token'] = `${secrets['session token']!.slice(0, -9)}${'AbCdEfGhI'}`;
    for (const [name, password] of [
      ['eve', secrets.wrong],
      [secrets['typed as a name'], 'x'],
      ['eve', ''],
    ] as const) {
      heard('a failed login', await logIn(name!, password!));
    }
    const made = await server.post('/v1/auth/access-tokens/', { user: { name: 'eve' } }, secrets['session token']);
    expect(made.status).toBe(200);
    secrets['token of the API'] = made.body.bearer_token;
    for (const name of Object.keys(secrets)) await sendNonsense(name, secrets[name]!);

    const connection = await Smb2Connection.open({ host: samba.host, port: samba.port });
    await connection.login({ user: 'alice', password: samba.user('alice').password });
    const [{ location }] = (await server.get('/v1/smb/sessions/')).body.session_infos;
    const close = { locations: [location], reason: 'left open' };
    heard('a plan', await server.post('/smbwho/v1/close-plan', { locations: [location] }, secrets['token of root']));
    heard('a close', await server.post('/smbwho/v1/close', close, secrets['token of the API']));
    await connection.close();

    const file = folder.file('wrong', secrets['unknown token']);
    const remote = ['--server', server.url, '--token-file', file, '--ca', join(server.stateFolder, 'tls.crt')];
    await root('list', remote);
    await root('close', [location, '--yes', ...remote]);
    await root('account', ['password', 'eve', '--password-file', '-'], secrets.second);
    heard('a session that has ended', await server.get('/v1/smb/sessions/', secrets['session token']));
    await root('token', ['revoke', made.body.id]);
    heard('a token that was revoked', await server.get('/v1/smb/sessions/', secrets['token of the API']));
    for (const words of [
      ['token', 'list'],
      ['account', 'list'],
      ['audit', 'list', '--json'],
      ['audit', 'export'],
    ]) {
      await root(words[0]!, words.slice(1));
    }
  }

  const logIn = (username: string, password: string) =>
    server.post('/v1/session/login', { username, password }, secrets['unknown token']);
  const heard = (what: string, { status, body }: Reply) => {
    said[`${what} (${status})`] = `${said[`${what} (${status})`] ?? ''}${JSON.stringify(body)}`;
  };

  /** Runs a command, and returns the last line that it prints. A new token is for whoever asked for it. */
  async function root(command: string, words: readonly string[], stdin = ''): Promise<string> {
    const env = { SMBWHO_STATE_DIR: server.stateFolder };
    const { stdout, stderr } = await runSmbwho([command, ...words], env, stdin);
    const isToken = command === 'token' && words[0] === 'create';
    said[`smbwho ${command} ${words[0]}`] = isToken ? stderr : stdout + stderr;
    return stdout.trim();
  }

  /** A secret where none belongs. The place is not echoed to anybody else: answers are looked through all the same. */
  async function sendNonsense(name: string, secret: string): Promise<void> {
    const url = encodeURIComponent(secret);
    const { token } = server;
    const replies = [
      await getJson(`${server.url}/v1/smb/sessions/?limit=x&token=${url}`, token),
      await getJson(`${server.url}/v1/nowhere/${url}`, token),
      await getJson(`${server.url}/smbwho/v1/sessions/${url}`, token),
      await getJson(`${server.url}/v1/%zz${url}`, token),
      await getJson(`${server.url}/v1/smb/sessions/`, `Basic ${url}`),
      await getJson(`${server.url}/v1/smb/sessions/`, url),
      await server.post('/v1/session/login', { username: { secret }, password: [secret] }),
      await server.post('/v1/smb/sessions/close', { secret }),
      await server.post('/v1/auth/access-tokens/', { user: { name: 'eve' }, bearer_token: secret, role: 'none' }),
    ];
    for (const reply of replies) heard(`nonsense with ${name}`, reply);
  }

  test('is found where it stands, in whatever form', () => {
    const token = readFileSync(join(server.stateFolder, 'token'));
    expect(secretsIn(token, secrets)).toEqual(['first token']);
    const password = Buffer.from(secrets.password!);
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      for (const before of ['', 'a', 'ab']) {
        const text = Buffer.concat([Buffer.from(before), password, Buffer.from('z')]).toString(encoding);
        expect(secretsIn(`key=${text};`, secrets)).toEqual(['password']);
      }
    }
    expect(secretsIn(encodeURIComponent(secrets.wrong!), secrets)).toEqual(['wrong']);
    expect(Object.keys(secrets).length).toBeGreaterThan(12);
  });

  test('stands in no answer, and in nothing that a command prints', () => {
    const heardOf = Object.entries(said).map(([what, text]) => [what, secretsIn(text, secrets)] as const);
    expect(heardOf.filter(([, names]) => names.length > 0)).toEqual([]);
    expect(heardOf.length).toBeGreaterThan(20);
  });

  test('stands in nothing that the server says, whose log has the failures, and what was done', () => {
    const { output } = server.running;
    for (const text of ['rest_login', 'rest_denied', 'token_create', 'smb_close_session'])
      expect(output).toContain(text);
    expect(secretsIn(output, secrets)).toEqual([]);
  });

  test('stands in no file but the one that is for it', () => {
    const files = readdirSync(server.stateFolder, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    const found = files.map(({ parentPath, name }) => {
      return [name, secretsIn(readFileSync(join(parentPath, name)), secrets)] as const;
    });
    expect(Object.fromEntries(found)).toMatchObject({
      'audit.db': [],
      'audit.db-wal': [],
      'access.db': [],
      'access.db-wal': [],
    });
    expect(Object.fromEntries(found.filter(([, names]) => names.length > 0))).toEqual({
      token: ['first token'],
      secret: ['state secret'],
      'tls.key': Object.keys(secrets).filter((name) => name.endsWith('tls.key')),
    });
  });
});

describe('a core', () => {
  /** Starts a command that may leave a core of any size, has it aborted, and returns what became of it. */
  async function abort(folder: TemporaryFolder, command: readonly string[], ready: RegExp): Promise<string> {
    const script = 'ulimit -c unlimited; cd "$0"; "$@"; exit 0';
    await using shell = new Running('bash', ['-c', script, folder.path, ...command]);
    await shell.until(ready);
    const [pid] = readFileSync(`/proc/${shell.child.pid}/task/${shell.child.pid}/children`, 'utf8').match(/\d+/g)!;
    if (command[0] === launcher) expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/core file size +0 /);
    execFileSync('prlimit', ['--core=unlimited', '--pid', pid!]);
    process.kill(Number(pid), 'SIGABRT');
    await shell.ended;
    return shell.output;
  }
  const coresIn = ({ path }: TemporaryFolder) => readdirSync(path).filter((name) => basename(name).startsWith('core'));

  test('is left by no server, even where cores may be of any size', async ({ skip }) => {
    using other = new TemporaryFolder();
    const usual = await abort(other, ['sh', '-c', 'echo ready; exec sleep 60'], /ready/);
    skip(!usual.includes('(core dumped)'), 'this machine writes no cores');
    using folder = new TemporaryFolder();
    const folders = ['--state-dir', folder.file('state'), '--run-dir', folder.file('run')];
    const words = [
      'serve',
      '--recording',
      join(process.cwd(), 'demo/recording'),
      '--listen',
      '127.0.0.1:0',
      ...folders,
    ];
    const output = await abort(folder, [launcher, ...words], /serving https/);
    expect(output).toContain('Aborted');
    expect(output).not.toContain('core dumped');
    expect(coresIn(folder)).toEqual([]);
  });
});
