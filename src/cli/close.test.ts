import { describe, expect, test } from 'vitest';
import { type InMemory, runInMemory } from '../../test/support/command-line.ts';
import { absentSource, closerOf, someSession, sourceOf } from '../../test/support/sessions.ts';
import { type CloseResult, type Closer, formatLocation, type PlannedClose, type Session } from '../sessions/index.ts';

const alice = someSession(1);
const hostile = someSession(2, {
  user: { ...alice.user, name: 'bob\u001b[2J' },
  shareNames: ['media\u202e'],
});
const both = [alice, hostile];
const [first, second] = both.map(({ location }) => formatLocation(location)) as [string, string];

const close = (words: readonly string[], given: Omit<InMemory, 'source'> & { sessions?: readonly Session[] } = {}) => {
  const { sessions = both, ...rest } = given;
  return runInMemory(['close', ...words], { source: sourceOf(sessions), ...rest });
};

describe('smbwho close LOCATION', () => {
  test('asks, with the plan above the question, and says what became of it', async () => {
    const closer = closerOf(both);
    const { stdout, stderr, code } = await close([first], { closer, answer: 'y' });
    expect(stderr).toMatch(/^USER +FROM .*WRITING +BESIDE +COST +LOCATION\nalice .*\nClose 1 session\? \[y\/N\] $/);
    expect(stdout).toBe(`closed          ${first}  alice from 192.0.2.77, in 3 ms\n`);
    expect([code, closer.closed]).toEqual([0, [first]]);
  });

  test.each(['', 'n', 'no', 'maybe', '1', null])('the answer %j closes nothing', async (answer) => {
    const closer = closerOf(both);
    const { stdout, stderr, code } = await close([first], { closer, answer });
    expect([stdout, code, closer.closed, closer.options]).toEqual(['', 1, [], []]);
    expect(stderr).toMatch(/nothing was closed\n$/);
  });

  test('--yes asks nothing; each location is closed once', async () => {
    const closer = closerOf(both);
    const { stdout, code } = await close([second, first, second, '--yes'], { closer });
    expect([code, closer.closed]).toEqual([0, [second, first]]);
    expect(stdout).toMatch(/^closed .*bob\\x1b\[2J from .*\nclosed .*alice/);
  });

  test('--dry-run shows the plan on stdout, hostile names made visible, and closes nothing', async () => {
    const warnings = [
      { code: 'CLOSE_LIKELY_BACK', message: 'it holds files\u001b[31m' },
      { code: 'CLOSE_DROPS_CONNECTION', message: 'the connection goes' },
    ] as const;
    const costs = { numOpensForWriting: 2, neighbours: [alice.location], warnings };
    const closer = closerOf(both, costs);
    const { stdout, stderr, code } = await close([first, second, '--dry-run'], { closer });
    expect([stderr, code, closer.options]).toEqual(['', 0, []]);
    expect(stdout.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^alice +192\.0\.2\.77 +docs +\? +2 +2 +1 +comes-back,drops-connection +1\.1\.\d+$/),
      expect.stringMatching(/^bob\\x1b\[2J +192\.0\.2\.77 +media\\u202e /),
      'comes-back: it holds files\\x1b[31m (and so of 1 more)',
      'drops-connection: the connection goes (and so of 1 more)',
      '',
    ]);
  });

  test('--json: the plan, or the outcomes, a line each', async () => {
    const closer = closerOf(both);
    const plan = await close([first, second, '--dry-run', '--json'], { closer });
    expect(lines(plan.stdout)).toMatchObject([
      { location: first, not_closable: null, session: { location: first }, num_opens: 2 },
      { location: second },
    ]);
    const done = await close([first, second, '--yes', '--json'], { closer });
    expect(lines(done.stdout)).toMatchObject([
      { location: first, result: 'closed', message: '', took_ms: 3, came_back_as: null },
      { location: second, result: 'closed' },
    ]);
  });

  test('what it is told to do besides goes to the closer', async () => {
    const closer = closerOf(both);
    await close([first, '--yes', '--files-first', '--reason', 'moved'], { closer });
    expect(closer.options).toEqual([{ filesFirst: true, watchMs: 2000, reason: 'moved' }]);
  });

  test('files open for writing: their sessions are closed once the number is typed', async () => {
    const closer = closerOf(both, { numOpensForWriting: 1 });
    const yes = await close([first, second], { closer, answer: 'y' });
    expect(yes).toMatchObject({ code: 1, stdout: '' });
    expect(yes.stderr).toContain(
      'Close 2 sessions, 2 of them with files open for writing? Type the number 2 to do so: ',
    );
    expect(closer.closed).toEqual([]);
    expect(await close([first, second], { closer, answer: ' 2 ' })).toMatchObject({ code: 0 });
    expect(closer.closed).toEqual([first, second]);
  });

  test('files of which it is not known what they are open for: likewise', async () => {
    const closer = closerOf(both, { numOpensForWriting: null });
    const yes = await close([first], { closer, answer: 'y' });
    expect(yes.stderr).toContain(
      'Close 1 session, 1 of them with files that may be open for writing? Type the number 1 to do so: ',
    );
    expect([yes.code, closer.closed]).toEqual([1, []]);
  });

  test('more than a hundred: their number must be typed, or --yes given', async () => {
    const sessions = Array.from({ length: 101 }, (_, i) => someSession(i + 1));
    const closer = closerOf(sessions);
    const words = sessions.map(({ location }) => formatLocation(location));
    expect((await close(words, { closer, answer: 'y' })).stderr).toMatch(/Close 101 sessions\? Type the number 101/);
    expect(closer.closed).toEqual([]);
    expect(await close([...words, '--yes'], { closer })).toMatchObject({ code: 0 });
    expect(closer.closed).toHaveLength(101);
  });
});

describe('what the exit code says', () => {
  test.each<[CloseResult, number]>([
    ['closed', 0],
    ['closing', 5],
    ['unresponsive', 5],
    ['refused', 5],
    ['failed', 5],
    ['denied', 4],
  ])('one was closed, one is %s: %d', async (result, code) => {
    const closer = closerOf(both, {}, ({ sessionGlobalId }) =>
      sessionGlobalId === 2 ? { result, message: 'why\u001b[31m' } : {},
    );
    const done = await close([first, second, '--yes'], { closer });
    expect(done.code).toBe(code);
    expect(done.stdout).toMatch(/^closed .*\n.*why\\x1b\[31m\n$/);
  });

  test('nothing that was named is there: 3, without a question; one that is there: 0', async () => {
    const closer = closerOf([alice]);
    const gone = await close([second], { closer, answer: 'y' });
    expect(gone).toMatchObject({ code: 3, stdout: `already gone    ${second}\n` });
    expect(gone.stderr).not.toContain('Close');
    expect(await close([first, second, '--yes'], { closer })).toMatchObject({ code: 0, stderr: '' });
  });

  test('of a Samba that is not served here: 3, and 5 beside one that is there', async () => {
    const served = closerOf([alice]);
    const elsewhere = '2.1.134400300000000000';
    const closer: Closer = {
      plan: async (locations) => {
        const plan = await served.plan(locations);
        const toClose = (close: PlannedClose) =>
          close.location.instance === 2 ? { ...close, notClosable: 'not_served' as const } : close;
        return { ...plan, closes: plan.closes.map(toClose) };
      },
      async *close(plan, options) {
        for await (const outcome of served.close(plan, options)) {
          yield outcome.location.instance === 2 ? { ...outcome, result: 'failed', message: 'not found: why' } : outcome;
        }
      },
    };
    const alone = await close([elsewhere, '--yes'], { closer });
    expect(alone).toMatchObject({ code: 3, stdout: `failed          ${elsewhere}  not found: why\n` });
    expect((await close([elsewhere, '--dry-run'], { closer })).stdout).toMatch(/ - +- +- +not served here +2\.1\./);
    expect(await close([elsewhere, first, '--yes'], { closer })).toMatchObject({ code: 5 });
  });

  test('what a server says goes to the terminal made visible, codes as well', async () => {
    const closer = closerOf(both);
    const hostileCloser: Closer = {
      ...closer,
      plan: async (locations) => ({
        ...(await closer.plan(locations)),
        problems: [{ code: 'A\u001b[2J', message: 'b\u001b[2J' }],
      }),
    };
    const { stderr } = await close([first, '--yes'], { closer: hostileCloser });
    expect(stderr).toBe('smbwho: A\\x1b[2J: b\\x1b[2J\n');
    const source = absentSource('A\u001b[2J', 'none');
    const listed = await runInMemory(['list'], { source });
    expect(listed.stderr).toBe('smbwho: A\\x1b[2J: none\n');
  });

  test('a location that is none: nothing is planned or closed, not even what is there', async () => {
    const closer = closerOf(both);
    const done = await close([first, '1.2.3.4\u001b', '--yes'], { closer });
    expect(done).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('NOT_FOUND: "1.2.3.4\\x1b"') });
    expect([closer.planned, closer.closed]).toEqual([[], []]);
  });
});

describe('smbwho close by a filter', () => {
  test.each([
    [['--share', 'DOCS'], [first]],
    [
      ['--from', '192.0.2.0/24'],
      [first, second],
    ],
    [['--identity', 'alice', '--share', 'docs'], [first]],
    [['--idle-over', '1s'], []],
    [['--share', 'none'], []],
  ])('%j', async (words, expected) => {
    const closer = closerOf(both);
    const { code, stderr } = await close([...words, '--yes'], { closer });
    expect([code, closer.closed]).toEqual([0, expected]);
    if (expected.length === 0) expect(stderr).toBe('smbwho: no session is like that; nothing was closed\n');
  });

  test('where the list has nothing to tell, nothing is planned', async () => {
    const closer = closerOf(both);
    const absent = { source: absentSource('SAMBA_ABSENT', 'none runs'), closer };
    expect(await runInMemory(['close', '--share', 'docs', '--yes'], absent)).toMatchObject({ code: 6, stdout: '' });
    expect(closer.planned).toEqual([]);
  });

  test.each([
    [[], /name sessions by their locations, or else give a filter/],
    [['--yes'], /or else give a filter/],
    [[first, '--share', 'docs', '--yes'], /or else give a filter/],
    [[first], /no terminal to ask on; give --yes/],
    [['--from', 'nowhere', '--yes'], /IP address or a network/],
    [['--identity', 'posix:x', '--yes'], /identity_syntax_error/],
    [[first, '--yes', '--reason', 'x'.repeat(501)], /500 characters/],
  ])('%j is refused, and nothing is planned', async (words, message) => {
    const closer = closerOf(both);
    const { stdout, stderr, code } = await close(words, { closer });
    expect([stdout, code, closer.planned]).toEqual(['', 2, []]);
    expect(stderr).toMatch(message);
  });
});

function lines(text: string): unknown[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
