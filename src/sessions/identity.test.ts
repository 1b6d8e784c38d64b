import { describe, expect, test } from 'vitest';
import { someSession } from '../../test/support/sessions.ts';
import {
  type Account,
  canonicalSid,
  filterByIdentity,
  formatIdentity,
  type Identity,
  identityOf,
  parseIdentity,
  posixGroup,
  posixUser,
  type Session,
  type UserDirectory,
  uidAuthId,
} from './index.ts';

const token = {
  userSid: 'S-1-5-21-10-20-30-1104',
  isGuest: false,
  uid: 20_001,
  gid: 100,
  accountName: 'Jürgen',
  domainName: 'AD',
  dnsDomainName: 'ad.test',
  userPrincipalName: 'j.mueller@example.com',
  unixName: 'jurgen',
  isLocal: false,
};
const identities = {
  local: identityOf({
    ...token,
    userSid: 'S-1-5-21-7-7-7-1104',
    accountName: 'alice',
    domainName: 'SERVER',
    dnsDomainName: null,
    isLocal: true,
  }),
  directory: identityOf(token),
  guest: identityOf({ ...token, userSid: 'S-1-5-21-10-20-30-501', isGuest: true, uid: 65_534, isLocal: true }),
  anonymous: identityOf({ ...token, userSid: 'S-1-5-7', uid: 65_534, isLocal: true }),
  posix: identityOf({ ...token, userSid: 'S-1-22-1-20009', uid: 20_009, unixName: 'bob', isLocal: true }),
};

describe('identityOf', () => {
  test('a local account has its RID as auth_id and a bare name', () => {
    expect(identities.local).toMatchObject({ domain: 'LOCAL', authId: '1104', name: 'alice', uid: 20_001 });
  });

  test('a directory account has a class of its own, the same for all of its domain', () => {
    const other = identityOf({ ...token, userSid: 'S-1-5-21-10-20-30-1105' });
    expect(identities.directory).toMatchObject({ domain: 'ACTIVE_DIRECTORY', name: 'AD\\Jürgen' });
    const classOf = (authId: string | null) => BigInt(authId!) >> 32n;
    expect(classOf(other.authId)).toBe(classOf(identities.directory.authId));
    expect(classOf(other.authId)).toBeGreaterThanOrEqual(5n);
    expect(BigInt(other.authId!) & 0xffff_ffffn).toBe(1105n);
  });

  test('guest, anonymous and plain unix users', () => {
    expect(identities.guest).toMatchObject({ domain: 'LOCAL', authId: '501', name: 'guest' });
    expect(identities.anonymous).toMatchObject({ domain: 'API_NULL_DOMAIN', authId: null, name: 'ANONYMOUS LOGON' });
    expect(identities.posix).toMatchObject({
      domain: 'POSIX_USER',
      authId: String(3n * 2n ** 32n + 20_009n),
      sid: 'S-1-5-88-1-20009',
      name: 'bob',
    });
  });
});

test.each([
  ['s-1-5-21-01-2-3-1000', 'S-1-5-21-1-2-3-1000'],
  ['S-1-22-1-0', 'S-1-5-88-1-0'],
  ['S-1-22-2-7', 'S-1-5-88-2-7'],
  ['S-2-5-1', null],
  ['S-1-5-4294967296', null],
  [`S-1-5${'-1'.repeat(16)}`, null],
  ['S-1-281474976710656-1', null],
])('canonicalSid %s', (text, sid) => {
  expect(canonicalSid(text)).toBe(sid);
});

describe('parseIdentity', () => {
  test.each([
    ['alice', { kind: 'name', name: 'alice', realm: 'any' }],
    ['  alice ', { kind: 'name', name: 'alice', realm: 'any' }],
    ['S-1-1', { kind: 'name', name: 'S-1-1', realm: 'any' }],
    ['s-1-5-7', { kind: 'sid', sid: 'S-1-5-7' }],
    ['SID: S-1-5-7', { kind: 'sid', sid: 'S-1-5-7' }],
    ['local:alice', { kind: 'name', name: 'alice', realm: 'local' }],
    ['LOCAL : alice', { kind: 'name', name: 'alice', realm: 'local' }],
    ['local:S-1-5-7', { kind: 'sid', sid: 'S-1-5-7' }],
    ['ad:AD\\jürgen', { kind: 'name', name: 'AD\\jürgen', realm: 'ad' }],
    ['ldap_user:bob', { kind: 'name', name: 'bob', realm: 'ldap_user' }],
    ['ldap_group:staff', { kind: 'name', name: 'staff', realm: 'ldap_group' }],
    ['world:EVERYONE', { kind: 'sid', sid: 'S-1-1-0' }],
    ['world:S-1-1-0', { kind: 'sid', sid: 'S-1-1-0' }],
    ['name:uid:5', { kind: 'name', name: 'uid:5', realm: 'any' }],
    ['uid:1001', { kind: 'uid', uid: 1001 }],
    ['gid:7', { kind: 'gid', gid: 7 }],
    ['auth_id:0x1F5', { kind: 'auth_id', authId: '501' }],
    ['auth_id:12884901888', { kind: 'auth_id', authId: '12884901888' }],
    ['cn=a:b,dc=example', { kind: 'name', name: 'cn=a:b,dc=example', realm: 'any' }],
  ])('%s', (text, query) => {
    expect(parseIdentity(text)).toEqual(query);
  });

  test.each([
    ['', 'identity_syntax_error'],
    ['   ', 'identity_syntax_error'],
    ['local:', 'identity_syntax_error'],
    ['name:', 'identity_syntax_error'],
    ['posix:bob', 'identity_syntax_error'],
    ['uid:-1', 'identity_syntax_error'],
    ['uid:4294967296', 'identity_syntax_error'],
    ['uid:1x', 'identity_syntax_error'],
    ['auth_id:18446744073709551616', 'identity_syntax_error'],
    ['auth_id:', 'identity_syntax_error'],
    ['world:alice', 'identity_syntax_error'],
    ['world:S-1-5-21-1-2-3-1000', 'identity_syntax_error'],
    ['sid:alice', 'cred_invalid_sid_error'],
    ['S-1-5-99999999999', 'cred_invalid_sid_error'],
  ])('refuses %j', (text, code) => {
    expect(() => parseIdentity(text)).toThrow(expect.objectContaining({ code }));
  });

  test('names what there is where the prefix is unknown', () => {
    expect(() => parseIdentity('posix:bob')).toThrow(
      '"posix" is no domain or id type; there are local, world, ldap_user, ldap_group, ad, name, sid, uid, gid, auth_id',
    );
  });
});

describe('filterByIdentity', () => {
  const account = (identity: Identity, instance = 1): Account => ({ instance, identity });
  const known = new Map<string, readonly Account[]>([
    ['name:carol', [account(posixUser({ uid: 30_001, gid: 100, name: 'carol' }))]],
    ['ad:AD\\dave', []],
    ['name:ad.test\\jürgen', [account(identities.directory)]],
    ['name:alice of another', [account(identities.local, 2)]],
    ['name:nobody', [account(posixUser({ uid: 65_534, gid: 65_534, name: 'nobody' }))]],
    ['name:staff', [account(posixGroup(20_001, 'staff'))]],
    ['uid:30002', [account(identityOf({ ...token, uid: 30_002 }))]],
  ]);
  const directory: UserDirectory = {
    lookUp: async (query) => ({
      verdict:
        formatIdentity(query) === 'name:slow' ? 'unavailable' : known.has(formatIdentity(query)) ? 'known' : 'unknown',
      accounts: known.get(formatIdentity(query)) ?? [],
    }),
  };
  const sessions: Session[] = Object.values(identities).map((user, i) => someSession(i + 1, { user }));
  const find = async (text: string) => {
    const found = await filterByIdentity(sessions, parseIdentity(text), directory);
    return found.map(({ user }) => user.name);
  };

  test.each([
    ['alice', ['alice']],
    ['ALICE', ['alice']],
    ['server\\alice', ['alice']],
    ['local:alice', ['alice']],
    ['ad:jürgen', ['AD\\Jürgen']],
    ['ad:JU\u0308RGEN', ['AD\\Jürgen']],
    ['ad\\jürgen', ['AD\\Jürgen']],
    ['jürgen@AD.test', ['AD\\Jürgen']],
    ['jürgen', ['AD\\Jürgen']],
    ['J.Mueller@example.com', ['AD\\Jürgen']],
    ['guest', ['guest']],
    ['auth_id:501', ['guest']],
    ['S-1-5-7', ['ANONYMOUS LOGON']],
    ['uid:20009', ['bob']],
    [`auth_id:${uidAuthId(20_009)}`, ['bob']],
    ['S-1-22-1-20009', ['bob']],
    ['S-1-5-88-1-20009', ['bob']],
    ['uid:4000000000', []],
    ['gid:100', []],
    ['S-1-5-32-544', []],
    ['world:everyone', []],
    ['carol', []],
    ['ad:AD\\dave', []],
    ['ad.test\\jürgen', ['AD\\Jürgen']],
    ['alice of another', []],
    ['nobody', []],
    ['staff', []],
    ['uid:30002', ['AD\\Jürgen']],
  ])('%s', async (text, names) => {
    expect(await find(text)).toEqual(names);
  });

  test('a SID finds the account by its uid form too, and nobody of its groups', async () => {
    expect(await find(`S-1-22-1-20001`)).toEqual(['alice', 'AD\\Jürgen']);
    expect(await find('S-1-5-21-10-20-30-513')).toEqual([]);
  });

  test.each([
    ['nobody-known', 'cred_invalid_local_user_error'],
    ['local:jürgen', 'cred_invalid_local_user_error'],
    ['ad:alice', 'cred_invalid_directory_user_error'],
    ['other\\alice', 'cred_invalid_directory_user_error'],
    ['ldap_user:alice', 'cred_invalid_directory_user_error'],
    ['ldap_group:wheel', 'cred_invalid_directory_user_error'],
    ['slow', 'identity_unavailable_error'],
  ])('%s is an error, not an empty list', async (text, code) => {
    await expect(find(text)).rejects.toMatchObject({ code });
  });

  test('a name of two directory users finds neither', async () => {
    const twins = ['AD', 'OTHER'].map((domainName, i) =>
      someSession(i + 1, { user: identityOf({ ...token, domainName, userSid: `S-1-5-21-${i}-0-0-1000` }) }),
    );
    await expect(filterByIdentity(twins, parseIdentity('jürgen'), directory)).rejects.toMatchObject({
      code: 'cred_ambiguous_user_error',
    });
    expect(await filterByIdentity(twins, parseIdentity('OTHER\\jürgen'), directory)).toEqual([twins[1]]);
  });
});
