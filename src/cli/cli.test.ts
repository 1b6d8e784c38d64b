import { describe, expect, test } from 'vitest';
import { absentSource, someSession, sourceOf } from '../../test/support/sessions.ts';
import type { SessionSource } from '../sessions/index.ts';
import { formatAge } from './age.ts';
import { runCommand } from './index.ts';
import { formatSessions } from './session-table.ts';
import { visible } from './visible.ts';

async function run(words: readonly string[], source: SessionSource = sourceOf([someSession(1)])) {
  const result = { stdout: '', stderr: '', code: 0 as number };
  await runCommand(words, {
    version: '1.2.3',
    config: {},
    openSource: () => ({ ...source, [Symbol.dispose]: () => undefined }),
    serve: async () => {
      throw Object.assign(new Error("can't listen"), { code: 'LISTEN_FAILED' });
    },
    stdout: (text) => {
      result.stdout += text;
    },
    stderr: (text) => {
      result.stderr += text;
    },
    exit: (code) => {
      result.code = code;
    },
  });
  return result;
}

describe('smbwho list', () => {
  test('--json is an array of sessions, and nothing else', async () => {
    const { stdout, stderr, code } = await run(['list', '--json']);
    expect(JSON.parse(stdout)).toMatchObject([{ location: '1.1.134400300000000000', user: { name: 'alice' } }]);
    expect([stderr, code]).toEqual(['', 0]);
  });

  test('a problem is told on stderr, and the exit code says partial', async () => {
    const { parts, sessions } = await sourceOf([someSession(1)]).refresh();
    const problems = [{ code: 'TDB_BAD_CHAIN', message: 'chain \u001b[31m7' }];
    const partial: SessionSource = {
      refresh: async () => ({ kind: 'full', sessions, parts: [{ ...parts[0]!, verdict: 'partial', problems }] }),
    };
    const { stdout, stderr, code } = await run(['list'], partial);
    expect(stdout).toContain('alice');
    expect(stderr).toBe('smbwho: TDB_BAD_CHAIN: chain \\x1b[31m7\n');
    expect(code).toBe(5);
  });

  test.each([
    ['SAMBA_ABSENT', 6],
    ['SAMBA_DENIED', 4],
    ['SAMBA_CLUSTERED', 1],
  ])('%s: exit code %d, stdout empty', async (problem, expected) => {
    const { stdout, stderr, code } = await run(['list', '--json'], absentSource(problem, 'why'));
    expect([stdout, stderr, code]).toEqual(['', `smbwho: ${problem}: why\n`, expected]);
  });
});

describe('the command line', () => {
  test.each([
    [['lst'], /Did you mean list\?/],
    [['list', '--jsn'], /Did you mean --json\?/],
    [['serve', '--tls', 'maybe'], /self-signed, off/],
  ])('%j is a usage error that helps', async (words, help) => {
    const { stderr, code } = await run(words);
    expect(stderr).toMatch(help);
    expect(code).toBe(2);
  });

  test('--version and --help are no failures', async () => {
    expect(await run(['--version'])).toMatchObject({ stdout: '1.2.3\n', code: 0 });
    expect((await run(['list', '--help'])).stdout).toContain('SMBWHO_SMB_CONF');
  });

  test('a failure is one line', async () => {
    expect(await run(['serve'])).toMatchObject({ stderr: "smbwho: LISTEN_FAILED: can't listen\n", code: 1 });
  });
});

describe('the table', () => {
  const at = 1_795_556_400_000_000 + 7_384_000_000;
  const named = (id: number, name: string) => someSession(id, { user: { ...someSession(id).user, name } });

  test('lines up, wide characters too', () => {
    const rows = [named(1, 'bob'), named(2, '王小明'), named(3, 'a\u001b[2Jb')];
    expect(
      formatSessions(
        [
          ...rows,
          someSession(4, { isGuest: true, encryption: 'full', shareNames: [], numOpensCertainty: 'upper_bound' }),
        ],
        at,
      ),
    ).toMatchInlineSnapshot(`
      "USER       FROM        SHARES  OPENS    AGE  FLAGS            LOCATION
      bob        192.0.2.77  docs        2  2h03m  -                1.1.134400300000000000
      王小明     192.0.2.77  docs        2  2h03m  -                1.2.134400300000000000
      a\\x1b[2Jb  192.0.2.77  docs        2  2h03m  -                1.3.134400300000000000
      alice      192.0.2.77  -         <=2  2h03m  guest,encrypted  1.4.134400300000000000
      "
    `);
  });

  test.each([
    [0, '0s'],
    [59, '59s'],
    [185, '3m05s'],
    [7800, '2h10m'],
    [450_000, '5d5h'],
  ])('%ds: %s', (seconds, text) => {
    expect(formatAge(seconds * 1_000_000)).toBe(text);
  });

  test.each([
    ['a\u202eb', 'a\\u202eb'],
    ['a\u009bb', 'a\\x9bb'],
    ['a\r\nb', 'a\\x0d\\x0ab'],
    ['a\ud800', 'a\ufffd'],
    ['é 文 👍', 'é 文 👍'],
  ])('%j is shown as %s', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });
});
