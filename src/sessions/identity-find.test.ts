import { describe, expect, test } from 'vitest';
import { someSession } from '../../test/support/sessions.ts';
import {
  findIdentity,
  formatIdentity,
  type Identity,
  type IdentityWanted,
  identityOf,
  type Lookup,
  parseIdentity,
  posixGroup,
  posixUser,
  type UserDirectory,
  wellKnownIdentity,
  windowsGroup,
} from './index.ts';
import { isSameUser } from './known-identity.ts';

const token = {
  userSid: 'S-1-5-21-7-7-7-1000',
  isGuest: false,
  uid: 1000,
  gid: 100,
  accountName: 'alice',
  domainName: 'FILES',
  dnsDomainName: null,
  userPrincipalName: null,
  unixName: 'alice',
  isLocal: true,
};
const alice = identityOf(token);
const bob = posixUser({ uid: 1001, gid: 100, name: 'bob' });
const guest = identityOf({ ...token, userSid: 'S-1-5-21-7-7-7-501', isGuest: true, uid: 65_534 });
const anonymous = identityOf({ ...token, userSid: 'S-1-5-7', uid: 65_534 });
const nobody = posixUser({ uid: 65_534, gid: 65_534, name: 'nobody' });
const jurgen = identityOf({
  ...token,
  userSid: 'S-1-5-21-1-2-3-1104',
  domainName: 'AD',
  accountName: 'jürgen',
  isLocal: false,
});
const staff = posixGroup(50, 'staff');
const sessions = [alice, guest, anonymous].map((user, i) => someSession(i + 1, { user }));

const answers: Record<string, Lookup['verdict'] | readonly Identity[]> = {
  'uid:1001': [bob],
  'name:bob': [bob, posixGroup(1001, 'bob')],
  'uid:65534': [nobody],
  'ad:jürgen': [jurgen],
  'sid:S-1-5-21-1-2-3-1104': [jurgen],
  'gid:50': [staff],
  'auth_id:17179869234': [staff],
  'uid:9': 'unavailable',
  'sid:S-1-1-0': [wellKnownIdentity(parseIdentity('world:everyone'))!],
};
const directory: UserDirectory = {
  lookUp: async (query) => {
    const found = answers[formatIdentity(query)] ?? 'unknown';
    if (typeof found === 'string') return { verdict: found, accounts: [] };
    return { verdict: 'known', accounts: found.map((identity) => ({ instance: 1, identity })) };
  },
};
const nothing: IdentityWanted = { domain: null, authId: null, uid: null, gid: null, sid: null, name: null };
const find = (wanted: Partial<IdentityWanted>) => findIdentity(sessions, { ...nothing, ...wanted }, directory);

describe('findIdentity', () => {
  test.each<[Partial<IdentityWanted>, Identity | null]>([
    [{ uid: 1000 }, alice],
    [{ sid: 's-1-22-1-1000' }, alice],
    [{ authId: '1000' }, alice],
    [{ authId: '0x3000003e8' }, alice],
    [{ name: 'ALICE' }, alice],
    [{ name: 'files\\alice', domain: 'LOCAL' }, alice],
    [{ uid: 1000, gid: 100, name: 'alice', sid: 'S-1-5-21-7-7-7-1000', authId: '1000', domain: 'LOCAL' }, alice],
    [{ uid: 1001 }, bob],
    [{ name: 'bob' }, bob],
    [{ name: 'bob', domain: 'POSIX_GROUP' }, posixGroup(1001, 'bob')],
    [{ name: 'jürgen', domain: 'ACTIVE_DIRECTORY' }, jurgen],
    [{ sid: 'S-1-5-21-1-2-3-1104' }, jurgen],
    [{ gid: 50 }, staff],
    [{ gid: 50, domain: 'POSIX_GROUP', name: null }, staff],
    [{ authId: '17179869234' }, staff],
    [{ name: 'guest' }, guest],
    [{ authId: '501' }, guest],
    [{ sid: 'S-1-5-7' }, anonymous],
    [{ uid: 65_534 }, nobody],
    [{ sid: 'S-1-1-0', domain: 'WORLD' }, wellKnownIdentity(parseIdentity('S-1-1-0'))!],
    // What contradicts itself is nobody.
    [{ uid: 1000, name: 'bob' }, null],
    [{ uid: 1000, gid: 101 }, null],
    [{ uid: 1000, domain: 'ACTIVE_DIRECTORY' }, null],
    [{ name: 'alice', domain: 'POSIX_GROUP' }, null],
    [{ name: 'nosuch' }, null],
    [{ uid: 7 }, null],
    [{ gid: 7 }, null],
  ])('%j', async (wanted, identity) => {
    expect(await find(wanted)).toEqual(identity);
  });

  test('POSIX_USER asks for what a user is to the unix below', async () => {
    const posix = posixUser({ uid: 1000, gid: 100, name: 'alice' });
    expect(await find({ uid: 1000, domain: 'POSIX_USER' })).toEqual(posix);
    expect(await find({ sid: 'S-1-5-21-7-7-7-1000', domain: 'POSIX_USER' })).toEqual(posix);
    expect(await find({ ...posix, names: undefined } as Partial<IdentityWanted>)).toEqual(posix);
  });

  test.each<[Partial<IdentityWanted>, string]>([
    [{}, 'identity_syntax_error'],
    [{ domain: 'LOCAL' }, 'identity_syntax_error'],
    [{ sid: 'alice' }, 'cred_invalid_sid_error'],
    [{ authId: 'x' }, 'identity_syntax_error'],
    [{ uid: 9 }, 'identity_unavailable_error'],
  ])('%j is an error', async (wanted, code) => {
    await expect(find(wanted)).rejects.toMatchObject({ code });
  });

  test('two users of Samba with one uid are not chosen from', async () => {
    const twins = [alice, jurgen].map((user, i) => someSession(i + 1, { user }));
    await expect(findIdentity(twins, { ...nothing, uid: 1000 }, directory)).rejects.toMatchObject({
      code: 'cred_ambiguous_user_error',
    });
    expect(await findIdentity(twins, { ...nothing, uid: 1000, name: 'AD\\jürgen' }, directory)).toEqual(jurgen);
  });

  test('a session without a SID, as smbstatus tells of it, leaves the word to the directory', async () => {
    const sparse = someSession(1, { user: { ...bob, domain: 'LOCAL', sid: null, authId: null } });
    expect(await findIdentity([sparse], { ...nothing, uid: 1001 }, directory)).toEqual(bob);
  });
});

test.each([
  ['one SID', alice, { ...alice, uid: null }, true],
  ["a uid and Samba's user with it", alice, posixUser({ uid: 1000, gid: 100, name: 'alice' }), true],
  ['a user without a SID', alice, { ...alice, sid: null }, true],
  ['two users of Samba with one uid', alice, jurgen, false],
  ['guests and the account that they run as', guest, nobody, false],
  ['anonymous logons and the account that they run as', nobody, anonymous, false],
  [
    'a group and a user with the same number',
    posixGroup(1000, 'x'),
    posixUser({ uid: 1000, gid: 1, name: 'x' }),
    false,
  ],
])('isSameUser: %s', (_, a, b, isSame) => {
  expect(isSameUser(a, b)).toBe(isSame);
});

test('groups', () => {
  expect(staff).toEqual({
    domain: 'POSIX_GROUP',
    authId: '17179869234',
    uid: null,
    gid: 50,
    sid: 'S-1-5-88-2-50',
    name: 'staff',
    names: ['staff', 'unix group\\staff'],
  });
  const facts = { gid: 7, domainName: 'AD', name: 'Domain Users', isLocal: false };
  expect(windowsGroup({ ...facts, sid: 'S-1-5-21-1-2-3-513' })).toMatchObject({
    domain: 'ACTIVE_DIRECTORY',
    name: 'AD\\Domain Users',
    gid: 7,
    uid: null,
  });
  const own = { ...facts, sid: 'S-1-5-21-7-7-7-513', isLocal: true };
  expect(windowsGroup(own)).toMatchObject({ domain: 'LOCAL', authId: '513', name: 'Domain Users' });
  expect(windowsGroup({ ...facts, sid: 'S-1-5-32-544' })).toMatchObject({
    authId: '512',
    name: 'Administrators',
    gid: 7,
  });
  expect(windowsGroup({ ...facts, sid: 'S-1-5-11' })).toMatchObject({ domain: 'API_NULL_DOMAIN', authId: null });
});

test.each([
  ['sid:S-1-1-0', 'WORLD', '8589934592', 'Everyone'],
  ['auth_id:8589934592', 'WORLD', '8589934592', 'Everyone'],
  ['auth_id:0xFFFFFFFF00000000', 'API_CREATOR_DOMAIN', '18446744069414584320', 'CREATOR OWNER'],
  ['builtin\\administrators', 'LOCAL', '512', 'Administrators'],
  ['auth_id:513', 'LOCAL', '513', 'Users'],
  ['guests', 'LOCAL', '514', 'Guests'],
])('wellKnownIdentity %s', (text, domain, authId, name) => {
  expect(wellKnownIdentity(parseIdentity(text))).toMatchObject({ domain, authId, name });
});

test.each(['name:alice', 'local:alice', 'ad:AD\\jürgen', 'sid:S-1-1-0', 'auth_id:501', 'uid:7', 'gid:7'])(
  'formatIdentity %s',
  (text) => {
    expect(formatIdentity(parseIdentity(text))).toBe(text);
  },
);
