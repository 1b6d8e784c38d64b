import { argon2Sync } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { goodPassword, someAccess } from '../../test/support/access.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { builtInRoles, now } from '../sessions/index.ts';
import type { Access } from './index.ts';
import { hashPassword, isPassword } from './password.ts';
import { readSecret } from './secret.ts';
import { openLogin, sealLogin } from './session-token.ts';

let folder: TemporaryFolder;
let access: Access;
beforeEach(async () => {
  folder = new TemporaryFolder();
  access = someAccess(folder.path);
  await access.accounts.create({ name: 'Olga', roles: ['Observers'], password: goodPassword });
});
afterEach(() => {
  access[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const tokenOf = async (name = 'olga', password = goodPassword) =>
  (await access.logins.logIn(name, password))?.token ?? null;

describe('a login', () => {
  test('is by name and password, and has the rights of the account', async () => {
    const { token, principal } = (await access.logins.logIn('olga', goodPassword))!;
    expect(token).toMatch(/^session-v1:[\w-]+$/);
    expect(principal).toEqual({
      accountId: '3000000001',
      name: 'Olga',
      roles: ['Observers'],
      privileges: builtInRoles.Observers,
      tokenId: null,
      limits: null,
    });
    expect(await access.verifier.verify(token)).toEqual(principal);
    expect(await tokenOf()).not.toBe(token);
  });

  test('is refused to everybody else', async () => {
    for (const [name, password] of [
      ['olga', ''],
      ['olga', goodPassword.slice(1)],
      ['olga', goodPassword.toUpperCase()],
      ['olga', 'x'.repeat(100_000)],
      ['nobody', goodPassword],
      ['admin', ''],
      ['admin', goodPassword],
      ['500', goodPassword],
      ['3000000001', goodPassword],
      ["' OR 1 --", goodPassword],
      ['', goodPassword],
    ] as const) {
      expect([name, await tokenOf(name, password)]).toEqual([name, null]);
    }
    await access.accounts.change('olga', { isEnabled: false });
    expect(await tokenOf()).toBeNull();
  });

  test('of an account that is disabled while its password is looked at is none', async () => {
    const login = access.logins.logIn('olga', goodPassword);
    await access.accounts.change('olga', { isEnabled: false });
    await access.accounts.change('olga', { isEnabled: true });
    expect(await login).toBeNull();
    expect(await tokenOf()).not.toBeNull();
  });

  test('holds in every process of the state folder, until it is logged out in any', async () => {
    using other = someAccess(folder.path);
    const [token, another] = [await tokenOf(), await tokenOf()];
    expect(await other.verifier.verify(token!)).toMatchObject({ name: 'Olga' });
    expect(await other.logins.logOut(token!)).toBe(true);
    expect(await access.verifier.verify(token!)).toBeNull();
    expect(await access.logins.logOut(token!)).toBe(false);
    expect(await access.verifier.verify(another!)).toMatchObject({ name: 'Olga' });
    expect(await access.logins.logOut('session-v1:none')).toBe(false);
  });

  test('of another state folder is none', async () => {
    using elsewhere = new TemporaryFolder();
    using other = someAccess(elsewhere.path);
    await other.accounts.create({ name: 'olga', roles: ['Observers'], password: goodPassword });
    expect(await access.verifier.verify((await other.logins.logIn('olga', goodPassword))!.token)).toBeNull();
  });

  test('of another state folder is none, though the two have one secret and number their accounts alike', async () => {
    using elsewhere = new TemporaryFolder();
    elsewhere.file('secret', readFileSync(folder.file('secret'), 'utf8'));
    chmodSync(elsewhere.file('secret'), 0o600);
    using other = someAccess(elsewhere.path);
    await other.accounts.create({ name: 'boss', roles: ['Administrators'], password: goodPassword });
    expect(await other.verifier.verify((await tokenOf())!)).toBeNull();
  });

  test('that was ended stays so, though a clock was ahead for a while', async () => {
    const token = (await tokenOf())!;
    await access.logins.logOut(token);
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      vi.setSystemTime(Date.now() + 11 * 3_600_000);
      await access.logins.logOut((await tokenOf())!);
    } finally {
      vi.useRealTimers();
    }
    expect(await access.verifier.verify(token)).toBeNull();
  });

  test('is ended once no other process writes, and nothing else waits meanwhile', async () => {
    const token = (await tokenOf())!;
    const other = new DatabaseSync(folder.file('access.db'));
    other.exec('BEGIN IMMEDIATE');
    const ended = access.logins.logOut(token);
    expect(await access.verifier.verify(token)).toMatchObject({ name: 'Olga' });
    other.exec('ROLLBACK');
    other.close();
    expect([await ended, await access.verifier.verify(token)]).toEqual([true, null]);
  });

  test('ends with a new password and with the account, and does not come back with it', async () => {
    const before = await tokenOf();
    await access.accounts.change('olga', { roles: ['Data-Administrators'] });
    expect(await access.verifier.verify(before!)).toMatchObject({ privileges: builtInRoles['Data-Administrators'] });
    await access.accounts.change('olga', { password: 'another good password' });
    expect(await access.verifier.verify(before!)).toBeNull();
    expect(await tokenOf()).toBeNull();
    const after = await tokenOf('olga', 'another good password');
    expect(await access.verifier.verify(after!)).not.toBeNull();
    await access.accounts.change('olga', { isEnabled: false });
    expect(await access.verifier.verify(after!)).toBeNull();
    await access.accounts.change('olga', { isEnabled: true });
    expect(await access.verifier.verify(after!)).toBeNull();
  });

  test('has rights only of roles that are there', async () => {
    await access.accounts.change('olga', { roles: ['Helpdesk'] });
    const token = await tokenOf();
    using later = someAccess(folder.path, builtInRoles);
    expect(await later.verifier.verify(token!)).toMatchObject({ roles: ['Helpdesk'], privileges: [] });
  });
});

describe('the token of a login', () => {
  const key = Buffer.alloc(32, 7);
  const login = { accountId: '500', id: 'abc', expiresAt: now(), epoch: 'x' };
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  test('says what was sealed to whoever has the key', () => {
    expect(openLogin(sealLogin(login, key), key)).toEqual(login);
    expect(openLogin(sealLogin(login, key), Buffer.alloc(32, 8))).toBeNull();
    expect(sealLogin(login, key)).not.toBe(sealLogin(login, key));
  });

  test('is none once any character of it was changed, left out or added', () => {
    const token = sealLogin(login, key);
    for (let at = 0; at < token.length; at++) {
      for (const other of `${alphabet}+/= :`) {
        if (other === token[at]) continue;
        expect(openLogin(token.slice(0, at) + other + token.slice(at + 1), key)).toBeNull();
      }
      expect(openLogin(token.slice(0, at) + token.slice(at + 1), key)).toBeNull();
      expect(openLogin(token.slice(0, at), key)).toBeNull();
    }
    for (const other of `${alphabet}= `) expect(openLogin(token + other, key)).toBeNull();
  });

  test('is valid for 10 hours', async () => {
    const token = await tokenOf();
    const real = readSecret(folder.path).deriveKey('session token');
    const opened = openLogin(token!, real)!;
    const hours = (opened.expiresAt - now()) / 3_600_000_000;
    expect(hours).toBeGreaterThan(9.9);
    expect(hours).toBeLessThanOrEqual(10);
    const resealed = (expiresAt: number) => access.verifier.verify(sealLogin({ ...opened, expiresAt }, real));
    expect(await resealed(now() + 1_000_000)).not.toBeNull();
    expect(await resealed(now() - 1)).toBeNull();
  });
});

describe('a password', () => {
  test('is kept as argon2id with salt and cost, never itself', async () => {
    const [kept, again] = [await hashPassword(goodPassword), await hashPassword(goodPassword)];
    expect(kept).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(again).not.toBe(kept);
    expect(await isPassword(goodPassword, kept)).toBe(true);
    expect(await isPassword(`${goodPassword} `, kept)).toBe(false);
    expect(await isPassword('', null)).toBe(false);
  });

  test('is told by the cost that it was kept with', async () => {
    const salt = Buffer.from('some salt, sixteen').subarray(0, 16);
    const hash = argon2Sync('argon2id', {
      message: goodPassword,
      nonce: salt,
      memory: 64,
      passes: 2,
      parallelism: 1,
      tagLength: 32,
    });
    const [saltText, hashText] = [salt, hash].map((bytes) => bytes.toString('base64').replace(/=+$/, ''));
    const kept = `$argon2id$v=19$m=64,t=2,p=1$${saltText}$${hashText}`;
    expect(await isPassword(goodPassword, kept)).toBe(true);
    expect(await isPassword(goodPassword.slice(1), kept)).toBe(false);
  });

  test('is the same however its accents are typed', async () => {
    expect(await isPassword('pässwörter-läng', await hashPassword('pässwörter-läng'.normalize('NFD')))).toBe(true);
  });

  test('is long enough, and not too long', async () => {
    const refused = { code: 'PASSWORD_TOO_SHORT' };
    for (const wrong of ['', 'elevenchars', '🔑'.repeat(11), 'x'.repeat(1025), 'ä'.repeat(513)]) {
      await expect(hashPassword(wrong)).rejects.toMatchObject(refused);
      await expect(hashPassword(wrong)).rejects.not.toMatchObject({ message: expect.stringContaining(wrong || '¤') });
    }
    await expect(hashPassword('🔑'.repeat(12))).resolves.toBeTypeOf('string');
  });
});
