import { describe, expect, test } from 'vitest';
import { runInMemory } from '../../test/support/command-line.ts';
import { absentSource, someSession, sourceOf } from '../../test/support/sessions.ts';
import type { SessionSource } from '../sessions/index.ts';

const run = (words: readonly string[], source?: SessionSource) =>
  runInMemory(words, source === undefined ? {} : { source });

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

describe('what list leaves out', () => {
  const sessions = [someSession(1), someSession(2, { shareNames: ['media'] })];
  const ids = async (...words: string[]) => {
    const { stdout, code, stderr } = await run(['list', '--jsonl', ...words], sourceOf(sessions));
    expect([code, stderr]).toEqual([0, '']);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).location.split('.')[1]);
  };

  test.each([
    [['--share', 'MEDIA'], ['2']],
    [
      ['--from', '192.0.2.0/24'],
      ['1', '2'],
    ],
    [['--from', '198.51.100.1'], []],
    [['--identity', 'alice', '--share', 'docs'], ['1']],
    [['--identity', 'uid:5'], []],
  ])('%j', async (words, expected) => {
    expect(await ids(...words)).toEqual(expected);
  });

  test.each([
    [['--from', 'nowhere'], 2, /IP address or a network/],
    [['--identity', 'posix:x'], 2, /identity_syntax_error/],
    [['--identity', 'nobody'], 3, /cred_invalid_local_user_error/],
    [['--json', '--jsonl'], 2, /conflict|cannot be used/],
    [['-o', 'xml'], 2, /wide, csv/],
  ])('%j is refused', async (words, code, message) => {
    const result = await run(['list', ...words]);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(message);
  });
});

describe('smbwho show', () => {
  test('all of one session', async () => {
    const { stdout, code } = await run(['show', '1.1.134400300000000000']);
    expect(stdout).toContain('192.0.2.77');
    expect(code).toBe(0);
    const json = await run(['show', '1.1.134400300000000000', '--json']);
    expect(JSON.parse(json.stdout).location).toBe('1.1.134400300000000000');
  });

  test.each(['1.1.134400300000000001', '1.01.134400300000000000', 'alice'])('%s: not found', async (location) => {
    const { stdout, stderr, code } = await run(['show', location]);
    expect([stdout, code]).toEqual(['', 3]);
    expect(stderr).toMatch(/^smbwho: NOT_FOUND: /);
  });
});

test('a recording is called one, on stderr', async () => {
  const { parts, sessions } = await sourceOf([someSession(1)]).refresh();
  const recorded: SessionSource = {
    refresh: async () => ({
      kind: 'full',
      sessions,
      parts: [{ ...parts[0]!, recording: 'a recording of Samba 4.17' }],
    }),
  };
  expect(await run(['list'], recorded)).toMatchObject({
    code: 0,
    stderr: 'smbwho: this is a recording of Samba 4.17\n',
  });
});

test('smbwho doctor: a problem is an exit code too', async () => {
  const { stdout, code } = await run(['doctor']);
  expect(stdout).toMatch(/none runs[\s\S]*start it/);
  expect(code).toBe(1);
  expect(JSON.parse((await run(['doctor', '--json'])).stdout).findings).toHaveLength(1);
});

test('smbwho inspect: a line for each record, nothing that a terminal would obey', async () => {
  const { stdout, stderr, code } = await run(['inspect', '/run/x.tdb']);
  expect(stdout).toBe('{"key":"5","value":{"shareName":"a\\u009b31m"}}\n');
  expect(stderr).toBe(
    'smbwho: /run/x.tdb: smbXsrv_tcon_global, layout of 4.25, 1 records\nsmbwho: record 6: RECORD_BAD_VALUE\n',
  );
  expect(code).toBe(5);
});

describe('the command line', () => {
  test.each([
    [['lst'], /Did you mean list\?/],
    [['list', '--jsn'], /Did you mean --json\?/],
    [['serve', '--tls', 'maybe'], /self-signed, files, off/],
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
