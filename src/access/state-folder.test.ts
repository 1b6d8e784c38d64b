import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { firstTokenOf, makeToken, someAccess } from '../../test/support/access.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { ensureSecret } from './secret.ts';

let folder: TemporaryFolder;
let state: string;
beforeEach(() => {
  folder = new TemporaryFolder();
  state = folder.file('state');
});
afterEach(() => folder[Symbol.dispose]());

const unusable = expect.objectContaining({ code: 'STATE_UNUSABLE' });

describe('a state folder', () => {
  test('is for its owner alone, with all that is in it', async () => {
    using access = someAccess(state);
    await firstTokenOf(access);
    expect(statSync(state).mode & 0o777).toBe(0o700);
    const files = readdirSync(state).sort();
    expect(files).toEqual(['access.db', 'access.db-shm', 'access.db-wal', 'secret', 'token']);
    for (const name of files) expect([name, statSync(`${state}/${name}`).mode & 0o777]).toEqual([name, 0o600]);
  });

  test.runIf(process.geteuid!() === 0)("that root works on stays its owner's", async () => {
    mkdirSync(state, { mode: 0o700 });
    chownSync(state, 65_534, 65_534);
    using access = someAccess(state);
    await firstTokenOf(access);
    for (const name of readdirSync(state)) expect([name, statSync(`${state}/${name}`).uid]).toEqual([name, 65_534]);
  });

  test('is made, but not what it is to be in', () => {
    expect(() => someAccess(folder.file('a/b'))).toThrow(unusable);
  });

  test('is not used where others may write into it, or read its secret, its accounts or its token', async () => {
    mkdirSync(state);
    chmodSync(state, 0o770);
    expect(() => someAccess(state)).toThrow(unusable);
    chmodSync(state, 0o700);
    someAccess(state)[Symbol.dispose]();
    for (const name of ['secret', 'access.db']) {
      chmodSync(`${state}/${name}`, 0o640);
      expect(() => someAccess(state)).toThrow(unusable);
      chmodSync(`${state}/${name}`, 0o600);
    }
    using access = someAccess(state);
    writeFileSync(`${state}/token`, `access-v1:${'o'.repeat(43)}`, { mode: 0o640 });
    await expect(firstTokenOf(access)).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
  });

  test('of a newer smbwho is left as it is', () => {
    someAccess(state)[Symbol.dispose]();
    const path = `${state}/access.db`;
    for (const [version, opens] of [
      [2, false],
      [1, true],
    ] as const) {
      const database = new DatabaseSync(path);
      database.exec(`PRAGMA user_version = ${version}`);
      database.close();
      const open = () => someAccess(state)[Symbol.dispose]();
      if (opens) expect(open).not.toThrow();
      else
        expect(open).toThrow(
          expect.objectContaining({ code: 'STATE_UNUSABLE', message: expect.stringContaining('newer smbwho') }),
        );
    }
  });

  test('whose database or secret is something else is said to be so', () => {
    someAccess(state)[Symbol.dispose]();
    const secret = readFileSync(`${state}/secret`, 'utf8');
    for (const wrong of ['', secret.slice(1), `${secret}x`]) {
      writeFileSync(`${state}/secret`, wrong);
      expect(() => someAccess(state)).toThrow(unusable);
    }
    writeFileSync(`${state}/secret`, secret);
    writeFileSync(`${state}/access.db`, 'no database'.repeat(100));
    expect(() => someAccess(state)).toThrow(unusable);
  });

  test('is the same for processes that make it at once', async () => {
    const script = `
      import { openAccess } from './src/access/index.ts';
      import { ensureSecret } from './src/access/secret.ts';
      import { builtInRoles } from './src/sessions/index.ts';
      const [state] = process.argv.slice(1);
      using access = openAccess(state, builtInRoles);
      const token = access.firstToken.read() ?? await (await access.firstToken.draft()).keep();
      const name = 'process-' + process.pid;
      const account = await access.accounts.create({ name, roles: ['Observers'], password: null });
      const key = ensureSecret(state).deriveKey('audit head').toString('hex');
      console.log(JSON.stringify({ token, account, key }));`;
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, state]);
    const answers = (await Promise.all(Array.from({ length: 4 }, run))).map(({ stdout }) => JSON.parse(stdout));
    expect(new Set(answers.map(({ token }) => token)).size).toBe(1);
    expect(new Set(answers.map(({ key }) => key)).size).toBe(1);
    expect(answers.map(({ account }) => account.id).sort()).toEqual([1, 2, 3, 4].map((n) => `300000000${n}`));
    using access = someAccess(state);
    expect(access.tokens.list()).toHaveLength(1);
    expect(await firstTokenOf(access)).toBe(answers[0].token);
    expect(readdirSync(state).filter((name) => /\.[0-9a-f]{12}$/.test(name))).toEqual([]);
  });

  test('has another key for each purpose, and another state folder has others', () => {
    const keys = [state, folder.file('other')].flatMap((path) => {
      const secret = ensureSecret(path);
      return [secret.deriveKey('session token'), secret.deriveKey('audit head')].map((key) => key.toString('hex'));
    });
    expect(new Set(keys).size).toBe(4);
    expect(ensureSecret(state).deriveKey('audit head').toString('hex')).toBe(keys[1]);
  });

  test('holds no token and no password in the plain, but the first token in its file', async () => {
    const password = 'a password to look for';
    const secrets: string[] = [password];
    {
      using access = someAccess(state);
      await access.accounts.create({ name: 'alice', roles: [], password });
      secrets.push((await makeToken(access)).token, await firstTokenOf(access));
      secrets.push((await access.logins.logIn('alice', password))!.token);
      await access.logins.logOut(secrets.at(-1)!);
      expect(Object.keys(JSON.parse(JSON.stringify(await access.tokens.draft(wish, null))))).toEqual([
        'id',
        'owner',
        'privileges',
      ]);
      for (const name of readdirSync(state).filter((file) => file !== 'token')) {
        const bytes = readFileSync(`${state}/${name}`);
        for (const secret of secrets) expect(bytes.includes(secret.replace(/^.*:/, ''))).toBe(false);
      }
    }
  });
});

const wish = { owner: 'admin', name: null, role: null, limits: null, expiresAt: null };
