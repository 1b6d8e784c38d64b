import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeToken, someAccess, someRoles } from '../../test/support/access.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { builtInRoles, lastInstant, now, privileges } from '../sessions/index.ts';
import type { Access } from './index.ts';

let folder: TemporaryFolder;
let access: Access;
beforeEach(() => {
  folder = new TemporaryFolder();
  access = someAccess(folder.path);
});
afterEach(() => {
  access[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const verify = (token: string) => access.verifier.verify(token);
const limits = { shares: ['docs'], networks: null, instances: null };

describe('an access token', () => {
  test('opens the door to what its owner may, and no other text does', async () => {
    const { id, token } = await makeToken(access);
    expect(token).toMatch(/^access-v1:[\w-]{43}$/);
    expect(await verify(token)).toEqual({
      accountId: '500',
      name: 'admin',
      roles: ['Administrators'],
      privileges,
      tokenId: id,
      limits: null,
    });
    const others = ['', 'access-v1:', token.slice(0, -1), `${token} `, token.toUpperCase(), token.slice(10)];
    for (const other of others) expect(await verify(other)).toBeNull();
  });

  test('is none before it is kept, and is not in the list', async () => {
    const draft = await access.tokens.draft({ owner: 'admin', name: 'x', role: null, limits, expiresAt: null }, null);
    expect(access.tokens.list()).toEqual([]);
    expect(await access.tokens.revoke(draft.id)).toBe(false);
    await draft.keep();
    expect(access.tokens.list().map(({ id }) => id)).toEqual([draft.id]);
    expect(Number((await makeToken(access)).id)).toBeGreaterThan(Number(draft.id));
  });

  test('whose end is later than can be told, as of a row that something else wrote, can be listed and revoked', async () => {
    const { id, token } = await makeToken(access);
    using database = new DatabaseSync(`${folder.path}/access.db`);
    database.exec('UPDATE token SET expires_at = 253402300799000000');
    expect(access.tokens.list()).toMatchObject([{ id, expiresAt: lastInstant }]);
    expect(await verify(token)).toMatchObject({ tokenId: id });
    expect(await access.tokens.revoke(id)).toBe(true);
  });

  test('is listed with all but itself, also when it is no longer valid', async () => {
    const expiresAt = now() - 1;
    const creator = { ...access.accounts.list()[0]!, tokenId: null };
    const wish = { owner: 'ADMIN', name: 'scanner', role: 'Helpdesk', limits, expiresAt };
    const { id } = await access.tokens.draft(wish, creator);
    await makeToken(access);
    const kept = await access.tokens.draft(wish, creator);
    const token = await kept.keep();
    await access.tokens.revoke(kept.id);
    const [, listed] = access.tokens.list();
    expect(listed).toEqual({
      id: kept.id,
      name: 'scanner',
      owner: { id: '500', name: 'admin' },
      creator: { id: '500', name: 'admin' },
      madeWith: null,
      role: 'Helpdesk',
      limits,
      createdAt: expect.any(Number),
      expiresAt,
      lastUsedAt: null,
      isEnabled: false,
    });
    expect(JSON.stringify(listed)).not.toContain(token.slice(10));
    expect(Number(id)).toBeLessThan(Number(kept.id));
  });

  test('is of one role as far as its owner is', async () => {
    await access.accounts.create({ name: 'olga', roles: ['Observers'], password: null });
    const rights = async (changes: object) => (await verify((await makeToken(access, changes)).token))!.privileges;
    expect(await rights({ owner: 'olga' })).toEqual(builtInRoles.Observers);
    expect(await rights({ role: 'Helpdesk' })).toEqual(someRoles.Helpdesk);
    expect(await rights({ owner: 'olga', role: 'Helpdesk' })).toEqual(['PRIVILEGE_SMB_SESSION_READ']);
    const { token } = await makeToken(access, { owner: 'olga', role: 'Helpdesk' });
    await access.accounts.change('olga', { roles: ['Observers', 'Helpdesk'] });
    expect((await verify(token))!.privileges).toEqual(someRoles.Helpdesk);
    await access.accounts.change('olga', { roles: [] });
    expect(await verify(token)).toMatchObject({ name: 'olga', privileges: [], roles: ['Helpdesk'] });
  });

  test('never allows more than its creator may, now', async () => {
    const make = async (name: string, roles: readonly string[]) => {
      const { id } = await access.accounts.create({ name, roles, password: null });
      return { id, name, tokenId: null };
    };
    const eve = await make('eve', ['Helpdesk', 'Observers']);
    await make('bob', ['Observers']);
    const { token } = await makeToken(access, { owner: 'bob' }, eve);
    const byEve = await makeToken(access, { role: 'Helpdesk' }, eve);
    expect((await verify(token))!.privileges).toEqual(builtInRoles.Observers);
    await access.accounts.change('bob', { roles: ['Administrators'] });
    await access.accounts.change('eve', { roles: ['Helpdesk'] });
    expect((await verify(token))!.privileges).toEqual(someRoles.Helpdesk);
    await access.accounts.change('eve', { roles: [] });
    expect((await verify(token))!.privileges).toEqual([]);
    await access.accounts.change('eve', { isEnabled: false });
    expect([await verify(token), await verify(byEve.token)]).toEqual([null, null]);
  });

  test('never allows more than the token that it was made with, nor than who made that', async () => {
    const { id } = await access.accounts.create({ name: 'eve', roles: ['Helpdesk'], password: null });
    await access.accounts.create({ name: 'bob', roles: ['Observers'], password: null });
    const [eve, bob] = access.accounts.list().slice(1);
    const first = await makeToken(access, { owner: 'bob', role: 'Helpdesk' }, { ...eve!, tokenId: null });
    const { token } = await makeToken(access, { owner: 'bob' }, { ...bob!, tokenId: first.id });
    await access.accounts.change('bob', { roles: ['Administrators'] });
    expect((await verify(token))!.privileges).toEqual(someRoles.Helpdesk);
    // Who replaces a token can revoke the old one.
    await access.tokens.revoke(first.id);
    expect((await verify(token))!.privileges).toEqual(someRoles.Helpdesk);
    await access.accounts.change(id, { isEnabled: false });
    expect(await verify(token)).toBeNull();
  });

  test('has no rights of a role that is configured no longer', async () => {
    const { token } = await makeToken(access, { role: 'Helpdesk' });
    await access.accounts.create({ name: 'hal', roles: ['Helpdesk', 'Observers'], password: null });
    const ofHal = (await makeToken(access, { owner: 'hal' })).token;
    using later = someAccess(folder.path, builtInRoles);
    expect((await later.verifier.verify(token))!.privileges).toEqual([]);
    expect((await later.verifier.verify(ofHal))!.privileges).toEqual(builtInRoles.Observers);
  });

  test('with limits has no right that can not be limited', async () => {
    const draft = await access.tokens.draft({ owner: '500', name: null, role: null, limits, expiresAt: null }, null);
    const principal = (await verify(await draft.keep()))!;
    expect(principal).toMatchObject({ limits, privileges: draft.privileges });
    const lost = privileges.filter((privilege) => !principal.privileges.includes(privilege));
    expect(lost).toEqual(['PRIVILEGE_ACCESS_TOKENS_READ', 'PRIVILEGE_ACCESS_TOKENS_WRITE', 'PRIVILEGE_METRICS_READ']);
    const none = { shares: null, networks: null, instances: null };
    expect(await verify((await makeToken(access, { limits: none })).token)).toMatchObject({ limits: null, privileges });
  });

  test('ends when it is revoked, expires, or its owner is disabled, in every process at once', async () => {
    using other = someAccess(folder.path);
    await access.accounts.create({ name: 'olga', roles: ['Observers'], password: null });
    const revoked = await makeToken(other);
    const expired = await makeToken(access, { expiresAt: now() - 1 });
    const lasting = await makeToken(access, { expiresAt: now() + 60_000_000 });
    const resting = await makeToken(access, { owner: 'olga' });
    expect(await verify(revoked.token)).not.toBeNull();
    expect(await other.tokens.revoke(revoked.id)).toBe(true);
    await other.accounts.change('olga', { isEnabled: false });
    for (const { token } of [revoked, expired, resting]) expect(await verify(token)).toBeNull();
    expect(await verify(lasting.token)).not.toBeNull();
    await other.accounts.change('olga', { isEnabled: true });
    expect(await verify(resting.token)).not.toBeNull();
    expect(await access.tokens.revoke(revoked.id)).toBe(false);
    for (const id of ['0', '-1', '99', 'x', '', '1.0', '1e0']) expect(await access.tokens.revoke(id)).toBe(false);
    expect(await verify(revoked.token)).toBeNull();
  });

  test('is wished for by somebody and for a role that are known', async () => {
    await expect(makeToken(access, { owner: 'nobody' })).rejects.toMatchObject({ code: 'ACCOUNT_UNKNOWN' });
    for (const role of ['Nobody', 'constructor', 'observers']) {
      await expect(makeToken(access, { role })).rejects.toMatchObject({ code: 'ROLE_UNKNOWN' });
    }
  });
});

describe('the last use of a token', () => {
  const lastUse = () => access.tokens.list()[0]!.lastUsedAt;
  const set = (at: number) => {
    const database = new DatabaseSync(folder.file('access.db'));
    database.prepare('UPDATE token SET last_used_at = ?').run(at);
    database.close();
  };

  test('is noted once a minute', async () => {
    const { token } = await makeToken(access);
    const before = now();
    await verify(token);
    expect(lastUse()).toBeGreaterThanOrEqual(before);
    const aMomentAgo = now() - 30_000_000;
    set(aMomentAgo);
    await verify(token);
    expect(lastUse()).toBe(aMomentAgo);
    set(now() - 61_000_000);
    await verify(token);
    expect(lastUse()).toBeGreaterThanOrEqual(before);
  });

  test('keeps nobody out when it can not be noted', async () => {
    const { token } = await makeToken(access);
    const database = new DatabaseSync(folder.file('access.db'));
    database.exec('BEGIN IMMEDIATE');
    expect(await verify(token)).toMatchObject({ name: 'admin' });
    database.close();
    expect(lastUse()).toBeNull();
    await verify(token);
    expect(lastUse()).not.toBeNull();
  });
});
