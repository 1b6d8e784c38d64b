import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import { Domain, type DomainLogin } from '../support/domain/index.ts';
import { launcher, type Reply, Server } from '../support/program.ts';
import { noDomain } from '../support/requirements.ts';
import type { Smbclient } from '../support/samba/index.ts';

const logins: readonly DomainLogin[] = [
  { name: 'alice', by: 'ntlm' },
  { name: 'alice', by: 'kerberos' },
  { name: 'jürgen', by: 'ntlm' },
  { name: '王小明', by: 'kerberos' },
  { name: 'carol', by: 'ntlm' },
  { name: 'carol', by: 'local' },
];
/** Longer than this no answer may take, whatever winbindd does. */
const answerSeconds = 2;
/** Some 10 s on a machine that is at rest. */
const startMs = 120_000;

describe('smbwho serve on a member of a real domain', () => {
  let domain: Domain;
  let server: Server;
  const clients: Smbclient[] = [];

  beforeAll(async () => {
    if (noDomain !== null) return;
    domain = await Domain.start();
    const { member } = domain;
    for (const login of logins) clients.push(await domain.login(login));
    server = await Server.start(['--smb-conf', member.smbConf], member.machine.prefix);
  }, startMs);
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    for (const client of clients) await client.close();
    await domain?.[Symbol.asyncDispose]();
  });
  beforeEach(({ skip }) => skip(noDomain !== null, noDomain ?? ''));

  /** From the member itself, since nobody else is in its network. */
  const ask = async (path: string, body?: unknown): Promise<Reply> => {
    const post = body === undefined ? [] : ['--json', JSON.stringify(body)];
    const said = await domain.member.machine.programs.run([
      ...['curl', '--silent', '--insecure', '--max-time', String(answerSeconds), '--write-out', '\n%{http_code}'],
      ...['--header', `authorization: Bearer ${server.token}`, ...post, server.url + path],
    ]);
    const [, text, status] = /^(.*)\n(\d+)$/s.exec(said)!;
    return { status: Number(status), body: JSON.parse(text!) };
  };
  const list = (identity: string) => ask(`/v1/smb/sessions/?identity=${encodeURIComponent(identity)}`);
  /** The users that a listing finds, or the status and class of its error. */
  const usersOf = async (identity: string): Promise<readonly string[] | string> => {
    const { status, body } = await list(identity);
    if (status !== 200) return `${status} ${body.error_class}`;
    return body.session_infos.map(({ user }: { user: { name: string } }) => user.name);
  };
  const find = async (body: unknown) => {
    const { status, body: found } = await ask('/v1/identity/find', body);
    return status === 200 ? found : status;
  };
  const userOf = (name: Parameters<Domain['account']>[0]) => {
    const { sid, id } = domain.account(name);
    return { domain: 'ACTIVE_DIRECTORY', auth_id: authIdOf(sid), uid: id, gid: 200_513, sid, name: `AD\\${name}` };
  };
  const groupOf = (name: 'crew') => {
    const { sid, id } = domain.account(name);
    return { domain: 'ACTIVE_DIRECTORY', auth_id: authIdOf(sid), uid: null, gid: id, sid, name: `AD\\${name}` };
  };
  /** The class is the domain's, as one of its sessions shows it. */
  let domainClass: bigint;
  const authIdOf = (sid: string) => String((domainClass << 32n) + BigInt(sid.split('-').at(-1)!));

  test('every logon is listed once, by NTLM and by Kerberos, with the whole user', async () => {
    const { sessions } = (await ask('/smbwho/v1/sessions')).body;
    domainClass = BigInt(sessions.find(({ user }: Listed) => user.name === 'AD\\alice').user.auth_id) >> 32n;
    expect(domainClass).toBeGreaterThanOrEqual(5n);
    expect(domainClass).toBeLessThan(0xffff_fff0n);
    const listed = sessions.map(({ user, expires_at }: Listed) => ({
      user,
      by: expires_at === null ? 'ntlm' : 'kerberos',
    }));
    const expected = logins
      .filter(({ by }) => by !== 'local')
      .map(({ name, by }) => ({ user: userOf(name as 'alice'), by }));
    expect(listed).toHaveLength(logins.length);
    expect(listed).toEqual(expect.arrayContaining(expected));
    expect(listed).toContainEqual({
      user: expect.objectContaining({ domain: 'LOCAL', name: 'carol', auth_id: '1000', uid: 20_001 }),
      by: 'ntlm',
    });
    const { session_infos } = (await ask('/v1/smb/sessions/')).body;
    expect(session_infos).toHaveLength(logins.length);
    for (const info of session_infos) {
      const { host, share } = domain.member;
      expect(info).toMatchObject({ originator: domain.clientAddress, server_address: host, share_names: [share] });
    }
  });

  test('another process, and one outside of the member, say the same', async () => {
    const { member } = domain;
    const { sessions } = (await ask('/smbwho/v1/sessions')).body;
    const argv = [launcher, 'list', '--json', '--smb-conf', member.smbConf];
    const users = (all: readonly Listed[]) => all.map(({ location, user }) => ({ location, user }));
    expect(users(JSON.parse(await member.machine.programs.run(argv)))).toEqual(users(sessions));
    using source = new LocalSource({ instance: 1, locate: () => locateInstance(member.smbConfOutside) });
    const full = await source.refresh();
    expect(full.parts).toMatchObject([{ verdict: 'complete' }]);
    expect(full.sessions.map(({ user }) => user.authId)).toEqual(sessions.map(({ user }: Listed) => user.auth_id));
  });

  test('a user is found by every name, SID and id, and nobody else with it', async () => {
    const { sid, uid, auth_id } = userOf('alice');
    const asked = [
      ...[
        'ad:alice',
        'alice',
        'name:alice',
        'AD\\alice',
        'ad\\ALICE',
        'ad:AD\\alice',
        'alice@ad.test',
        'AD.TEST\\alice',
      ],
      ...[sid, `sid:${sid}`, `ad:${sid}`, `uid:${uid}`, `auth_id:${auth_id}`],
    ];
    const found = Object.fromEntries(
      await Promise.all(asked.map(async (text) => [text, await usersOf(text)] as const)),
    );
    expect(found).toEqual(Object.fromEntries(asked.map((text) => [text, ['AD\\alice', 'AD\\alice']])));
    for (const name of ['jürgen', '王小明'] as const) {
      expect(await usersOf(`ad:${name}`)).toEqual([`AD\\${name}`]);
      expect(await usersOf(`uid:${userOf(name).uid}`)).toEqual([`AD\\${name}`]);
    }
  });

  test('a name that the server and the domain both have is the server’s, unless the prefix says else', async () => {
    expect(await usersOf('carol')).toEqual(['carol']);
    expect(await usersOf('local:carol')).toEqual(['carol']);
    expect(await usersOf('FILES\\carol')).toEqual(['carol']);
    expect(await usersOf('ad:carol')).toEqual(['AD\\carol']);
    expect(await usersOf('CAROL@AD.TEST')).toEqual(['AD\\carol']);
    expect(await usersOf('local:alice')).toBe('400 cred_invalid_local_user_error');
  });

  test('a group is nobody’s session, whoever is a member of it', async () => {
    const { sid, gid, auth_id } = groupOf('crew');
    for (const identity of [
      sid,
      `ad:${sid}`,
      `gid:${gid}`,
      `auth_id:${auth_id}`,
      `${domain.sid}-513`,
      'S-1-5-32-545',
    ]) {
      expect(await usersOf(identity), identity).toEqual([]);
    }
    for (const identity of ['AD\\crew', 'ad:crew', 'crew', 'AD\\Domain Users']) {
      expect(await usersOf(identity), identity).toEqual([]);
    }
  });

  test('who is not connected is nobody’s session, and who is not there is refused', async () => {
    expect(await usersOf('AD\\mallory')).toEqual([]);
    expect(await usersOf('ad:mallory')).toEqual([]);
    expect(await usersOf('mallory')).toEqual([]);
    expect(await usersOf('ludwig')).toEqual([]);
    expect(await usersOf(`${domain.sid}-9999`)).toEqual([]);
    expect(await usersOf('uid:201999')).toEqual([]);
    for (const name of [
      'AD\\nobody-there',
      'ad:nobody-there',
      'nobody-there@ad.test',
      'OTHER\\alice',
      'alice@other.test',
    ]) {
      expect(await usersOf(name), name).toBe('400 cred_invalid_directory_user_error');
    }
    expect(await usersOf('nobody-there')).toBe('400 cred_invalid_local_user_error');
  });

  test('identity/find tells the whole of a user or a group from any part of it', async () => {
    for (const name of ['alice', '王小明', 'mallory'] as const) {
      const { sid, uid, auth_id, ...user } = userOf(name);
      const whole = { ...user, sid, uid, auth_id };
      for (const part of [
        { name: `AD\\${name}` },
        { name: `${name}@ad.test` },
        { name: `AD.TEST\\${name}` },
        { domain: 'ACTIVE_DIRECTORY', name },
        { sid },
        { uid },
        { auth_id },
      ]) {
        expect(await find(part), JSON.stringify(part)).toEqual(whole);
      }
    }
    const crew = groupOf('crew');
    for (const part of [{ name: 'AD\\crew' }, { sid: crew.sid }, { gid: crew.gid }, { auth_id: crew.auth_id }]) {
      expect(await find(part), JSON.stringify(part)).toEqual(crew);
    }
    expect(await find({ name: 'ludwig' })).toMatchObject({ domain: 'LOCAL', name: 'ludwig', uid: 20_002 });
    for (const part of [{ name: 'AD\\nobody-there' }, { sid: `${domain.sid}-9999` }, { uid: 201_999 }]) {
      expect(await find(part), JSON.stringify(part)).toBe(404);
    }
  });

  describe('while winbindd hangs', () => {
    beforeAll(() => domain?.member.stopWinbindd());
    afterAll(() => domain?.member.continueWinbindd());

    test('the listing is as before, and so are the users in it', async () => {
      expect((await ask('/v1/smb/sessions/')).body.session_infos).toHaveLength(logins.length);
      const { sid, uid, auth_id } = userOf('alice');
      const asked = ['alice', 'ad:alice', 'AD\\alice', 'alice@ad.test', sid, `uid:${uid}`, `auth_id:${auth_id}`];
      for (const identity of asked) expect(await usersOf(identity), identity).toEqual(['AD\\alice', 'AD\\alice']);
      expect(await usersOf('carol')).toEqual(['carol']);
      // Nobody has asked for it before, so that no answer is kept.
      expect(await usersOf('JÜRGEN@ad.test')).toEqual(['AD\\jürgen']);
    });

    test('what only the domain could know is unavailable within two seconds, what the server knows is known', async () => {
      for (const name of ['AD\\someone', 'ad:someone', 'someone@ad.test', 'someone', 'AD\\someone-else']) {
        expect(await usersOf(name), name).toBe('503 identity_unavailable_error');
      }
      expect(await usersOf('ludwig')).toEqual([]);
      expect(await usersOf('local:ludwig')).toEqual([]);
      expect(await usersOf('local:someone')).toBe('400 cred_invalid_local_user_error');
      expect(await find({ name: 'AD\\someone' })).toBe(503);
    });
  });

  test('once winbindd is back, it is asked again', async () => {
    await untilAnswer(() => usersOf('AD\\someone'), '400 cred_invalid_directory_user_error');
    expect(await usersOf('ad:mallory')).toEqual([]);
  });
});

interface Listed {
  readonly location: string;
  readonly user: { readonly name: string; readonly auth_id: string };
  readonly expires_at: string | null;
}

async function untilAnswer(ask: () => Promise<unknown>, wanted: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; await sleep(100)) {
    const answer = await ask();
    if (answer === wanted) return;
    if (Date.now() > deadline) expect(answer).toBe(wanted);
  }
}
