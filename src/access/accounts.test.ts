import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { goodPassword, someAccess } from '../../test/support/access.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import type { AccountStore } from '../sessions/index.ts';
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

const create = (changes: Partial<Parameters<AccountStore['create']>[0]> = {}) =>
  access.accounts.create({ name: 'olga', roles: ['Observers'], password: null, ...changes });

describe('the accounts', () => {
  test('are one administrator without a password at first', () => {
    expect(access.accounts.list()).toEqual([
      {
        id: '500',
        name: 'admin',
        roles: ['Administrators'],
        isEnabled: true,
        hasPassword: false,
        createdAt: expect.any(Number),
      },
    ]);
  });

  test('have numbers of their own, in order, and no password to be seen', async () => {
    const olga = await create({ password: goodPassword });
    const max = await create({ name: 'Max.M-1_x', roles: [] });
    expect([olga, max]).toMatchObject([
      { id: '3000000001', name: 'olga', roles: ['Observers'], isEnabled: true, hasPassword: true },
      { id: '3000000002', name: 'Max.M-1_x', roles: [], isEnabled: true, hasPassword: false },
    ]);
    expect(access.accounts.list().slice(1)).toEqual([olga, max]);
    expect(JSON.stringify(access.accounts.list())).not.toMatch(/argon2|horse/);
  });

  test('have one name each, in whatever case', async () => {
    await create();
    for (const name of ['olga', 'OLGA', 'Admin']) {
      await expect(create({ name })).rejects.toMatchObject({ code: 'ACCOUNT_EXISTS' });
    }
    const both = await Promise.allSettled([1, 2].map(() => create({ name: 'max', password: goodPassword })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('have names that no list and no log can be confused by', async () => {
    for (const name of ['', 'a b', 'ölga', 'a'.repeat(65), '12', '500', 'a/b', 'a\n', 'a\u202e', '../x']) {
      await expect(create({ name })).rejects.toMatchObject({ code: 'ACCOUNT_NAME_INVALID' });
    }
    await expect(create({ name: 'a'.repeat(64) })).resolves.toMatchObject({ id: '3000000001' });
  });

  test('have roles that are there', async () => {
    await expect(create({ roles: ['Observers', 'Nobody'] })).rejects.toMatchObject({ code: 'ROLE_UNKNOWN' });
    await create();
    const changed = access.accounts.change('olga', { roles: ['toString'] });
    await expect(changed).rejects.toMatchObject({ code: 'ROLE_UNKNOWN', message: expect.stringContaining('Helpdesk') });
    expect(access.accounts.list()[1]).toMatchObject({ roles: ['Observers'] });
  });

  test('are changed in what is named, by name or id', async () => {
    const { id } = await create();
    expect(await access.accounts.change('OLGA', { roles: ['Helpdesk'] })).toMatchObject({ id, roles: ['Helpdesk'] });
    expect(await access.accounts.change(id, { isEnabled: false })).toMatchObject({ isEnabled: false, name: 'olga' });
    expect(await access.accounts.change(id, { password: goodPassword })).toEqual({
      ...access.accounts.list()[1],
      roles: ['Helpdesk'],
      isEnabled: false,
      hasPassword: true,
    });
    for (const name of ['max', '501', '', '0500', '5e2']) {
      await expect(access.accounts.change(name, {})).rejects.toMatchObject({ code: 'ACCOUNT_UNKNOWN' });
    }
  });

  test('keep their old password where a new one is too short', async () => {
    await create({ password: goodPassword });
    await expect(access.accounts.change('olga', { password: 'short' })).rejects.toMatchObject({
      code: 'PASSWORD_TOO_SHORT',
    });
    await expect(create({ name: 'max', password: 'short' })).rejects.toMatchObject({ code: 'PASSWORD_TOO_SHORT' });
    expect(await access.logins.logIn('olga', goodPassword)).not.toBeNull();
    expect(access.accounts.list()).toHaveLength(2);
  });

  test('stay what they are where the change can not be written', async () => {
    await create();
    const full = new DatabaseSync(folder.file('access.db'));
    full.exec("CREATE TRIGGER full BEFORE UPDATE ON account BEGIN SELECT raise(ABORT, 'disk is full'); END");
    await expect(access.accounts.change('olga', { roles: [] })).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      message: expect.stringContaining('disk is full'),
    });
    full.exec('DROP TRIGGER full');
    full.close();
    expect(access.accounts.list()[1]).toMatchObject({ roles: ['Observers'] });
    expect(await access.accounts.change('olga', { roles: [] })).toMatchObject({ roles: [] });
  });
});
