import { expect, test } from 'vitest';
import { someSession } from '../../test/support/sessions.ts';
import {
  type Account,
  filterByIdentity,
  type Identity,
  identityOf,
  type Lookup,
  parseIdentity,
  posixGroup,
  type UserDirectory,
} from './index.ts';

const token = {
  userSid: 'S-1-5-21-10-20-30-1104',
  isGuest: false,
  uid: 20_001,
  gid: 100,
  accountName: 'Jürgen',
  domainName: 'AD',
  dnsDomainName: 'ad.test',
  userPrincipalName: null,
  unixName: 'jurgen',
  isLocal: false,
};
const jurgen = identityOf(token);
const account = (identity: Identity, instance = 1): Account => ({ instance, identity });

/** Of one session, of a directory's user, what a directory that answers so leaves. */
const findOne = (text: string, answer: (realm: string) => Lookup) => {
  const lookUp: UserDirectory['lookUp'] = async (query) => answer(query.kind === 'name' ? query.realm : 'any');
  return filterByIdentity([someSession(1, { user: jurgen })], parseIdentity(text), { lookUp });
};

test("a name without a domain is one of the server's own domain, never a trusted one's namesake", async () => {
  const namesake = identityOf({ ...token, domainName: 'HOME', userSid: 'S-1-5-21-8-8-8-1104', uid: 20_077 });
  const knows = (...accounts: readonly Account[]): Lookup => ({ verdict: 'known', accounts });
  for (const text of ['jürgen', 'ad:jürgen']) {
    expect(await findOne(text, () => knows(account(namesake))), text).toEqual([]);
    expect(await findOne(text, () => knows(account({ ...namesake, uid: null }))), text).toEqual([]);
    expect(await findOne(text, () => knows(account(jurgen))), text).toHaveLength(1);
    expect(await findOne(text, () => knows(account(namesake, 2))), text).toHaveLength(1);
    for (const verdict of ['unknown', 'unavailable'] as const) {
      expect(await findOne(text, () => ({ verdict, accounts: [] })), `${text}: ${verdict}`).toHaveLength(1);
    }
  }
  expect(await findOne('AD\\jürgen', () => knows(account(namesake)))).toHaveLength(1);
  const group = account(posixGroup(20_001, 'jürgen'));
  expect(await findOne('jürgen', (realm) => knows(realm === 'any' ? group : account(namesake)))).toEqual([]);
});

test('where another smbwho has said which sessions are meant, no others are', async () => {
  const says = (verdict: Lookup['verdict'], ...accounts: readonly Account[]): Lookup => ({
    verdict,
    accounts,
    isOfSessions: true,
  });
  expect(await findOne('jürgen', () => says('known', account(jurgen)))).toHaveLength(1);
  for (const verdict of ['known', 'unknown'] as const) {
    expect(await findOne('jürgen', () => says(verdict)), verdict).toEqual([]);
  }
  expect(await findOne('jürgen', () => says('known', account(jurgen, 2)))).toEqual([]);
  await expect(findOne('jürgen', () => says('unavailable'))).rejects.toMatchObject({
    code: 'identity_unavailable_error',
  });
});

test("a bare name is the server's own account, connected or not, and never a directory's namesake", async () => {
  const own = identityOf({ ...token, isLocal: true, userSid: 'S-1-5-21-1-2-3-1001' });
  const find = (text: string, accounts: readonly Account[]) =>
    findOne(text, (realm) => ({ verdict: 'known', accounts: realm === 'any' ? accounts : [] }));
  expect(await find('jürgen', [account(own)])).toEqual([]);
  for (const text of ['ad:jürgen', 'AD\\jürgen', 'jürgen@ad.test']) {
    expect(await find(text, [account(own)]), text).toHaveLength(1);
  }
  expect(await find('jürgen', [])).toHaveLength(1);
  expect(await find('jürgen', [account(own, 2)])).toHaveLength(1);
  expect(await find('jürgen', [account(posixGroup(20_001, 'jürgen'))])).toHaveLength(1);
});
