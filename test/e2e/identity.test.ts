import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runSmbwho, Server } from '../support/program.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba, testedRoot } from '../support/samba/index.ts';
import { Smb2Connection } from '../support/smb2/index.ts';

const noWinbindd = existsSync(join(testedRoot, '/usr/sbin/winbindd'))
  ? null
  : 'no winbindd (Debian: apt-get install winbind)';

const slowStart = { timeout: 40_000, interval: 250 };

interface UserJson {
  readonly domain: string;
  readonly auth_id: string | null;
  readonly uid: number | null;
  readonly gid: number | null;
  readonly sid: string | null;
  readonly name: string;
}

const uidClass = 3n << 32n;
const gidClass = 4n << 32n;

describe('who exactly, on a real Samba', () => {
  let samba: PrivateSamba;
  let server: Server;
  let connection: Smb2Connection;
  let serverSid: string;
  /** Users without a session but alice, 王小明, a guest and an anonymous logon. */
  const users = new Map<string, UserJson>();

  const run = (program: string, ...words: string[]) =>
    samba.command([program, '-s', samba.inside(samba.smbConf), ...words]);

  beforeAll(async () => {
    if (noSamba !== null) return;
    samba = await PrivateSamba.start({
      globals: {
        'netbios name': 'FILES',
        'passdb backend': 'tdbsam',
        'idmap config * : backend': 'tdb',
        'idmap config * : range': '100000-199999',
      },
    });
    const smbpasswd = samba.inside(join(samba.directory, 'private/smbpasswd'));
    await run('pdbedit', '-i', `smbpasswd:${smbpasswd}`, '-e', 'tdbsam');
    serverSid = /S-1-\S+/.exec(await samba.command(['net', 'getlocalsid', '-s', samba.inside(samba.smbConf)]))![0];
    for (const { name, uid, gid } of samba.users) {
      const [, sid] = /User SID: *(\S+)/.exec(await run('pdbedit', '-L', '-v', '-u', name))!;
      users.set(name, { domain: 'LOCAL', auth_id: sid!.split('-').at(-1)!, uid, gid, sid: sid!, name });
    }
    const nobody = idsOf('nobody');
    users.set('guest', { domain: 'LOCAL', auth_id: '501', ...nobody, sid: `${serverSid}-501`, name: 'guest' });
    users.set('daemon', posixUser('daemon'));

    connection = await Smb2Connection.open({ host: samba.host, port: samba.port });
    const logins = ['alice', '王小明'].map((user) => ({ user, password: samba.user(user).password }));
    for (const login of [...logins, { user: 'stranger', password: 'x' }, { anonymous: true as const }]) {
      await (await connection.login(login)).connect('public');
    }
    server = await Server.start(['--smb-conf', samba.smbConf]);
  });
  afterAll(async () => {
    await connection?.close();
    await server?.[Symbol.asyncDispose]();
    await samba?.stop();
  });
  beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

  function idsOf(name: string): { readonly uid: number; readonly gid: number } {
    const passwd = readFileSync(join(samba.directory, 'etc/passwd'), 'utf8');
    const [, uid, gid] = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(passwd)!;
    return { uid: Number(uid), gid: Number(gid) };
  }

  function posixUser(name: string): UserJson {
    const { uid, gid } = idsOf(name);
    return { domain: 'POSIX_USER', auth_id: String(uidClass + BigInt(uid)), uid, gid, sid: `S-1-5-88-1-${uid}`, name };
  }

  const list = async (identity: string) => {
    const { status, body } = await server.get(`/v1/smb/sessions/?identity=${encodeURIComponent(identity)}`);
    return status === 200
      ? body.session_infos.map(({ user }: { user: UserJson }) => user.name)
      : [status, body.error_class];
  };
  const find = async (wanted: object) => {
    const { status, body } = await server.post('/v1/identity/find', wanted);
    return status === 200 ? body : [status, body.error_class];
  };
  /** Everything that names one user, and nobody else. */
  const namesOf = ({ auth_id, uid, sid, name }: UserJson): string[] => [
    name,
    name.toUpperCase(),
    `local:${name}`,
    ` name: ${name} `,
    `FILES\\${name}`,
    sid!,
    `SID:${sid!.toLowerCase()}`,
    `auth_id:${auth_id}`,
    `auth_id:0x${BigInt(auth_id!).toString(16)}`,
    `uid:${uid}`,
    `auth_id:${uidClass + BigInt(uid!)}`,
    `S-1-22-1-${uid}`,
    `s-1-5-88-1-${uid}`,
  ];

  test.each(['alice', '王小明'])('%s is found by every name and number, and nobody else with them', async (name) => {
    for (const identity of namesOf(users.get(name)!)) expect(await list(identity), identity).toEqual([name]);
  });

  test('guest and anonymous are found by what tells them apart, and by the uid that they share', async () => {
    for (const identity of ['guest', 'local:guest', 'auth_id:501', `${serverSid}-501`]) {
      expect(await list(identity), identity).toEqual(['guest']);
    }
    for (const identity of ['S-1-5-7', 'ANONYMOUS LOGON', 'NT AUTHORITY\\anonymous logon']) {
      expect(await list(identity), identity).toEqual(['ANONYMOUS LOGON']);
    }
    expect((await list(`uid:${users.get('guest')!.uid}`)).sort()).toEqual(['ANONYMOUS LOGON', 'guest']);
  });

  test('who exists without a session has an empty list, by every name and number', async () => {
    for (const identity of [...namesOf(users.get('bob')!), 'root', 'Unix User\\root', 'daemon', 'nobody', 'uid:0']) {
      expect(await list(identity), identity).toEqual([]);
    }
  });

  test('a group is nobody, though users are in it', async () => {
    const { gid } = users.get('alice')!;
    const groups = [
      `gid:${gid}`,
      `S-1-22-2-${gid}`,
      `S-1-5-88-2-${gid}`,
      `auth_id:${gidClass + BigInt(gid!)}`,
      `${serverSid}-513`,
      'auth_id:513',
      'S-1-5-32-545',
      'S-1-5-11',
      'Unix Group\\alice',
      'Administrators',
      'world:Everyone',
      'Everyone',
      'S-1-1-0',
    ];
    for (const identity of groups) expect(await list(identity), identity).toEqual([]);
  });

  test.each([
    ['nosuch', 'cred_invalid_local_user_error'],
    ['local:nosuch', 'cred_invalid_local_user_error'],
    ['FILES\\nosuch', 'cred_invalid_directory_user_error'],
    ['ad:alice', 'cred_invalid_directory_user_error'],
    ['OTHER\\alice', 'cred_invalid_directory_user_error'],
    ['alice@ad.test', 'cred_invalid_directory_user_error'],
    ['ldap_user:alice', 'cred_invalid_directory_user_error'],
  ])('%s is nobody: 400 %s', async (identity, errorClass) => {
    expect(await list(identity)).toEqual([400, errorClass]);
  });

  test('POST /v1/identity/find: each user by each key, connected or not, is the user of the list', async () => {
    const { body } = await server.get('/v1/smb/sessions/');
    const listed = new Map(body.session_infos.map(({ user }: { user: UserJson }) => [user.name, user]));
    for (const user of users.values()) {
      const { auth_id, uid, sid, name } = user;
      const bodies = [{ auth_id }, { sid }, { name }, { name: name.toUpperCase(), domain: user.domain }, user];
      const byUid = name === 'guest' ? [] : [{ uid }, { sid: `S-1-22-1-${uid}` }, { uid, name }];
      for (const wanted of [...bodies, ...byUid]) expect(await find(wanted), JSON.stringify(wanted)).toEqual(user);
      if (listed.has(name)) expect(listed.get(name)).toEqual(user);
    }
    expect([...listed.keys()].sort()).toEqual(['ANONYMOUS LOGON', 'alice', 'guest', '王小明']);
    expect(await find({ sid: 'S-1-5-7' })).toEqual(listed.get('ANONYMOUS LOGON'));
  });

  test('POST /v1/identity/find: groups, those that every server has, and the unix side of a user', async () => {
    const { uid, gid } = users.get('alice')!;
    const group = {
      domain: 'POSIX_GROUP',
      auth_id: String(gidClass + BigInt(gid!)),
      uid: null,
      gid,
      sid: `S-1-5-88-2-${gid}`,
      name: 'alice',
    };
    const none = { uid: null, gid: null };
    const everyone = { domain: 'WORLD', auth_id: '8589934592', ...none, sid: 'S-1-1-0', name: 'Everyone' };
    const administrators = { domain: 'LOCAL', auth_id: '512', ...none, sid: 'S-1-5-32-544', name: 'Administrators' };
    const unix = { ...users.get('alice'), domain: 'POSIX_USER', auth_id: String(uidClass + BigInt(uid!)) };
    const rows: [object, object][] = [
      [{ gid }, group],
      [{ sid: `S-1-22-2-${gid}` }, group],
      [{ auth_id: group.auth_id }, group],
      [{ name: 'alice', domain: 'POSIX_GROUP' }, group],
      [{ name: 'everyone' }, everyone],
      [{ auth_id: '0x200000000' }, everyone],
      [{ sid: 'S-1-5-32-544' }, administrators],
      [{ auth_id: '512' }, administrators],
      [
        { name: 'alice', domain: 'POSIX_USER' },
        { ...unix, sid: `S-1-5-88-1-${uid}` },
      ],
      [{ uid: users.get('guest')!.uid }, posixUser('nobody')],
      [{ uid: 4_000_000_000 }, [404, 'identity_not_found_error']],
      [{ name: 'nosuch' }, [404, 'identity_not_found_error']],
      [{ name: 'alice', uid: 0 }, [404, 'identity_not_found_error']],
      [{ sid: `${serverSid}-9999` }, [404, 'identity_not_found_error']],
    ];
    for (const [wanted, identity] of rows) expect(await find(wanted), JSON.stringify(wanted)).toEqual(identity);
  });

  test('the command line finds the same, here and through the server', async () => {
    const { sid, uid } = users.get('alice')!;
    const here = ['--smb-conf', samba.smbConf];
    const { stateFolder, url } = server;
    const there = ['--server', url, '--token-file', join(stateFolder, 'token'), '--ca', join(stateFolder, 'tls.crt')];
    for (const source of [here, there]) {
      const ask = async (identity: string) => {
        const { stdout, code } = await runSmbwho(['list', '--json', '--identity', identity, ...source]);
        return [code, ...(stdout === '' ? [] : JSON.parse(stdout).map(({ user }: { user: UserJson }) => user.name))];
      };
      expect(await ask(sid!)).toEqual([0, 'alice']);
      expect(await ask(`S-1-22-1-${uid}`)).toEqual([0, 'alice']);
      expect(await ask('bob')).toEqual([0]);
      expect(await ask('nosuch')).toEqual([3]);
    }
  });

  describe('with winbindd beside it', () => {
    let pid: number;

    beforeAll(async () => {
      if ((noSamba ?? noWinbindd) !== null) return;
      await run('winbindd', '-D', '-l', samba.inside(join(samba.directory, 'log')));
      pid = Number(readFileSync(join(samba.directory, 'pid/winbindd.pid'), 'utf8'));
    });
    beforeEach(({ skip }) => skip(noWinbindd !== null, noWinbindd ?? ''));

    test('its groups are known too; users are those of before', async () => {
      // It starts a process for each domain when that is first asked about, which can take longer than an answer may.
      await expect.poll(() => find({ name: 'FILES\\None' }), slowStart).toMatchObject({ auth_id: '513' });
      await expect.poll(() => find({ sid: 'S-1-5-32-550' }), slowStart).toMatchObject({ name: 'Print Operators' });
      expect(await list('FILES\\None')).toEqual([]);
      expect(await list('ELSEWHERE\\alice')).toEqual([400, 'cred_invalid_directory_user_error']);
      expect(await find({ uid: users.get('bob')!.uid })).toEqual(users.get('bob'));
      for (const identity of namesOf(users.get('alice')!)) expect(await list(identity), identity).toEqual(['alice']);
    });

    test('one that hangs: 503 for what only it could know, the rest as before, and waited for once', async () => {
      process.kill(pid, 'SIGSTOP');
      try {
        const startMs = performance.now();
        const unavailable = [503, 'identity_unavailable_error'];
        for (let i = 0; i < 20; i++) expect(await list(`AD\\user${i}`)).toEqual(unavailable);
        // Each waiting for itself would take half a minute.
        expect(performance.now() - startMs).toBeLessThan(9_000);
        expect(await list('ad:jürgen')).toEqual(unavailable);
        expect(await list('nosuch-either')).toEqual(unavailable);
        expect(await find({ name: 'jürgen', domain: 'ACTIVE_DIRECTORY' })).toEqual(unavailable);
        expect(await list('local:nosuch-either')).toEqual([400, 'cred_invalid_local_user_error']);
        expect(await list('alice')).toEqual(['alice']);
        expect(await list('bob')).toEqual([]);
        expect(await list('uid:4000000000')).toEqual([]);
        expect(await find({ name: 'bob' })).toEqual(users.get('bob'));
        expect((await server.get('/v1/smb/sessions/')).body.session_infos).toHaveLength(4);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      await expect
        .poll(() => list('AD\\nosuch'), { timeout: 30_000, interval: 500 })
        .toEqual([400, 'cred_invalid_directory_user_error']);
    });
  });
});
