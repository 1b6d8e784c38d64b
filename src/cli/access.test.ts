import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type InMemory, runInMemory } from '../../test/support/command-line.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

const password = 'correct horse battery';

const run = (words: readonly string[], given: InMemory = {}) =>
  runInMemory([...words, '--state-dir', folder.path], given);
/** What a command prints, where nothing went wrong. */
async function print(words: readonly string[], given: InMemory = {}): Promise<string> {
  const { stdout, stderr, code } = await run(words, given);
  expect([stderr, code]).toEqual(['', 0]);
  return stdout;
}
const createAccount = (name: string, ...roles: readonly string[]) => {
  const words = roles.flatMap((role) => ['--role', role]);
  return print(['account', 'create', name, ...words, '--password-file', '-'], { stdin: `${password}\n` });
};
const recorded = async () =>
  JSON.parse(await print(['audit', 'list', '--json'])).map(
    ({ operation, by, from, target, user, outcome, message }: Record<string, unknown>) =>
      [operation, by, from, target, user, outcome, message] as const,
  );
const root = [expect.stringMatching(/^(root|uid:\d+)$/), 'this machine'] as const;

describe('smbwho token', () => {
  test('create without a name prints the first token and nothing else, and no second one', async () => {
    const token = await print(['token', 'create']);
    expect(token).toMatch(/^access-v1:[\w-]{43}\n$/);
    expect(readFileSync(folder.file('token'), 'utf8')).toBe(token);
    expect(await print(['token', 'create'])).toBe(token);
    expect(await recorded()).toEqual([['token_create', ...root, '1', 'admin', 'done', null]]);
  });

  test('one with a name is another each time; list has what it is for, and never the token', async () => {
    const words = ['token', 'create', '--name', 'help\u001b[31m', '--role', 'Observers', '--expires', '90d'];
    const token = await print([...words, '--share', 'docs', '--share', 'media', '--from', '192.0.2.0/24']);
    expect(await print(words)).not.toBe(token);
    const list = await print(['token', 'list']);
    expect(list).toMatch(/^ID +NAME +OWNER +ROLE +LIMITS +CREATED +EXPIRES +LAST USED +STATE\n/);
    expect(list).toMatch(
      / 1 +help\\x1b\[31m +admin +Observers +share docs,media; from 192\.0\.2\.0\/24 .* +- +valid\n/,
    );
    expect(list).not.toContain(token.trim().slice(10));
    expect(JSON.parse(await print(['token', 'list', '--json']))).toMatchObject([
      { id: '1', limits: { shares: ['docs', 'media'], networks: ['192.0.2.0/24'], instances: null }, creator: null },
      { id: '2', limits: null, is_enabled: true },
    ]);
  });

  test('one that is to last longer than can be told lasts until then', async () => {
    await print(['token', 'create', '--name', 'old', '--expires', '99999d']);
    expect(await print(['token', 'list'])).toMatch(/ 2255-06-05/);
  });

  test('revoke by id; what is none is told, and the others are revoked', async () => {
    await print(['token', 'create']);
    expect(await run(['token', 'revoke', '7\u001b', '1'])).toEqual({
      stdout: '',
      stderr: 'smbwho: TOKEN_UNKNOWN: there is no token 7\\x1b, or it is revoked already\n',
      code: 3,
    });
    expect(await print(['token', 'list'])).toMatch(/ revoked\n$/);
    expect(await run(['token', 'revoke', '1'])).toMatchObject({ code: 3 });
    expect(await recorded()).toEqual([
      ['token_create', ...root, '1', 'admin', 'done', null],
      ['token_revoke', ...root, '1', 'admin', 'done', null],
    ]);
  });

  test.each([
    [['--role', 'Observers'], 2, /--name/],
    [['--name', 'x', '--role', 'Kings'], 2, /ROLE_UNKNOWN/],
    [['--name', 'x', '--user', 'nobody'], 3, /ACCOUNT_UNKNOWN/],
    [['--name', 'x', '--from', 'nowhere'], 2, /LIMIT_INVALID/],
    [['--name', 'x', '--share', 'IPC$'], 2, /LIMIT_INVALID/],
    [['--name', 'x', '--instance', 'one'], 2, /number/],
    [['--name', 'x', '--expires', 'soon'], 2, /duration/],
    [['--name', ''], 2, /1 to 100/],
  ])('create %j is refused', async (words, code, message) => {
    const result = await run(['token', 'create', ...words]);
    expect(result).toMatchObject({ stdout: '', code });
    expect(result.stderr).toMatch(message);
    expect((await run(['token', 'list'])).stdout).not.toContain('valid');
  });
});

describe('smbwho account', () => {
  test('create, list, disable, enable: each recorded, and no password anywhere', async () => {
    expect(await createAccount('eve', 'Observers', 'Helpdesk')).toBe('3000000001\n');
    await print(['account', 'disable', 'eve']);
    expect(await print(['account', 'list'])).toMatch(
      / 500 +admin +Administrators +none +enabled\n.* eve +Observers,Helpdesk +set +disabled\n/s,
    );
    await print(['account', 'enable', 'EVE']);
    expect(JSON.parse(await print(['account', 'list', '--json']))).toMatchObject([
      { id: '500' },
      { id: '3000000001', name: 'eve', is_enabled: true, has_password: true },
    ]);
    expect(await recorded()).toEqual([
      ['account_create', ...root, null, 'eve', 'done', 'Observers, Helpdesk'],
      ['account_change', ...root, '3000000001', 'eve', 'done', 'isEnabled: false'],
      ['account_change', ...root, '3000000001', 'eve', 'done', 'isEnabled: true'],
    ]);
  });

  test('a password is asked for twice, unseen', async () => {
    await createAccount('eve', 'Observers');
    const change = ['account', 'password', 'eve'];
    expect(await run(change, { hidden: [password, password] })).toMatchObject({
      stderr: 'Password: Once more: ',
      code: 0,
    });
    for (const hidden of [[password, `${password}!`], [], ['']]) {
      expect(await run(change, { hidden })).toMatchObject({
        stderr: expect.stringMatching(/nothing was changed\n$/),
        code: 1,
      });
    }
    expect(await run(change)).toMatchObject({ stderr: expect.stringContaining('--password-file'), code: 2 });
    expect((await recorded()).slice(1)).toEqual([['account_change', ...root, '3000000001', 'eve', 'done', 'password']]);
  });

  test('what fails is recorded as failed', async () => {
    await createAccount('eve', 'Observers');
    const words = ['account', 'create', 'Eve', '--role', 'Observers', '--password-file', '-'];
    expect(await run(words, { stdin: password })).toMatchObject({
      stderr: expect.stringContaining('ACCOUNT_EXISTS'),
      code: 1,
    });
    const short = await run(['account', 'password', 'eve', '--password-file', '-'], { stdin: 'short' });
    expect(short).toMatchObject({ stderr: expect.stringContaining('PASSWORD_TOO_SHORT'), code: 2 });
    expect(short.stderr).not.toMatch(/short(?! )/);
    expect((await recorded()).slice(1)).toEqual([
      ['account_create', ...root, null, 'Eve', 'failed', expect.stringContaining('already')],
      ['account_change', ...root, '3000000001', 'eve', 'failed', expect.any(String)],
    ]);
  });

  test.each([
    [['create', 'e v', '--role', 'Observers'], 2, /ACCOUNT_NAME_INVALID/],
    [['create', 'eve', '--role', 'Kings'], 2, /ROLE_UNKNOWN/],
    [['create', 'eve'], 2, /--role/],
    [['password', 'nobody'], 3, /ACCOUNT_UNKNOWN/],
  ])('%j is refused', async (words, code, message) => {
    const result = await run(['account', ...words, '--password-file', '-'], { stdin: password });
    expect(result).toMatchObject({ stdout: '', code });
    expect(result.stderr).toMatch(message);
  });
});
