import { describe, expect, test } from 'vitest';
import { type InMemory, runInMemory } from '../../test/support/command-line.ts';
import { fileCloserOf, fileSourceOf, someFile, strayFile, writing } from '../../test/support/files.ts';
import { someSession, sourceOf } from '../../test/support/sessions.ts';
import { type CloseResult, formatFileLocation, formatLocation, type OpenFile } from '../sessions/index.ts';

const read = someFile(1, { path: '/srv/docs/folder' });
const written = someFile(2, {
  path: '/srv/docs/reports/q3.xlsx',
  accessMask: writing | 0x1_0000,
  caching: { kind: 'lease', state: 7 },
  numByteRangeLocks: 2,
});
const hostile = someFile(3, {
  path: '/srv/docs/a\u001b[2J\u202etxt',
  stream: 'x\u0007',
  user: { ...someSession(1).user, name: 'bob\u001b[2J' },
  shareName: 'media\u202e',
});
const stray = strayFile(4);
const all = [read, written, hostile, stray];
const name = ({ location }: OpenFile) => formatFileLocation(location);

const files = (words: readonly string[], given: InMemory = {}) =>
  runInMemory(['files', ...words], { files: fileSourceOf(all), ...given });
const pathsOf = (jsonl: string) =>
  jsonl
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).path);

describe('smbwho files', () => {
  test('who has what open, hostile names made visible, folders by their slash', async () => {
    const { stdout, stderr, code } = await files([]);
    expect([stderr, code]).toEqual(['', 0]);
    const lines = stdout
      .split('\n')
      .map((line) => line.replace(/ +\d+[dhms]\d*[hms]?/, ' AGE').replace(/ {2,}/g, '  '));
    expect(lines).toEqual([
      'USER  FROM  SHARE  ACCESS  CACHING  LOCKS  OPENED  PATH  LOCATION',
      `alice  192.0.2.77  docs  R  -  0 AGE  /srv/docs/folder/  ${name(read)}`,
      `alice  192.0.2.77  docs  RWD  lease RHW  2 AGE  /srv/docs/reports/q3.xlsx  ${name(written)}`,
      `bob\\x1b[2J  192.0.2.77  media\\u202e  R  -  0 AGE  /srv/docs/a\\x1b[2J\\u202etxt:x\\x07  ${name(hostile)}`,
      `uid 20001  gone  ?  R  lease RH  0 AGE  /srv/docs/file 4.txt  ${name(stray)}`,
      '',
    ]);
  });

  test.each([
    [['/srv/docs/reports/q3.xlsx'], [written]],
    [['/srv/docs'], all],
    [['reports'], [written]],
    [['**/*.xlsx'], [written]],
    [['/srv/*'], []],
    [['--writing'], [written]],
    [
      ['--share', 'DOCS'],
      [read, written],
    ],
    [['--identity', 'uid:20001'], all],
    [['--identity', 'alice', '--writing'], [written]],
    [
      ['--session', '1.1.134400300000000000', '--from', '192.0.2.0/24'],
      [read, written, hostile],
    ],
    [['--session', '1.9.9'], []],
  ])('%j', async (words, expected) => {
    const { stdout, code } = await files([...words, '--jsonl']);
    expect([code, pathsOf(stdout)]).toEqual([0, expected.map(({ path }) => path)]);
  });

  test('wide, CSV and JSON have the rest', async () => {
    const wide = await files(['-o', 'wide', '--no-headers']);
    expect(wide.stdout.split('\n')[3]).toMatch(/ RWD +disconnected +20001 +0 +\? +\/srv\/docs\/file 4\.txt +1\.2049/);
    const csv = await files(['-o', 'csv']);
    expect(csv.stdout.split('\r\n')[0]).toBe(
      'location,instance,path,stream,share_name,is_directory,user_name,user_domain,user_sid,uid,client_address,session,' +
        'opened_at,age_seconds,access_mask,is_open_for_writing,caching,num_byte_range_locks,is_delete_on_close,is_durable,is_disconnected',
    );
    expect(csv.stdout).toContain(',/srv/docs/a\\x1b[2J\\u202etxt,x\\x07,media\\u202e,');
    const [first] = JSON.parse((await files(['--json'])).stdout);
    expect(first).toMatchObject({ location: name(read), is_directory: true, user: { name: 'alice' } });
  });

  test.each([40, 60, 80, 100, 120])(
    'a terminal of %d columns: no line is longer, the end of a path stays',
    async (width) => {
      const long = someFile(5, { path: `/srv/docs/${'deep/'.repeat(40)}plan.xlsx` });
      const { stdout } = await files([], { width, files: fileSourceOf([...all, long]) });
      const lines = stdout.trimEnd().split('\n');
      expect(lines.filter((line) => line.length > width)).toEqual([]);
      expect(lines.at(-1)).toMatch(/….*n\.xlsx/);
    },
  );

  test('what went wrong goes to stderr, and the exit code says it', async () => {
    const problems = [{ code: 'RECORD_BAD_VALUE', message: 'of one\u001b[2J' }];
    const partial = await files([], { files: fileSourceOf(all, { verdict: 'partial', problems }) });
    expect(partial).toMatchObject({ code: 5, stderr: 'smbwho: RECORD_BAD_VALUE: of one\\x1b[2J\n' });
    const absent = [{ code: 'SAMBA_ABSENT', message: 'none runs' }];
    const none = await files([], { files: fileSourceOf([], { takenAt: null, verdict: 'partial', problems: absent }) });
    expect(none).toMatchObject({ code: 6, stdout: '' });
  });

  test.each([[['']], [['--from', 'x']], [['--session', '5']], [['--json', '--jsonl']], [['a', 'b']]])(
    '%j is a usage error',
    async (words) => {
      expect(await files(words)).toMatchObject({ code: 2, stdout: '' });
    },
  );

  test('an unknown name is not found', async () => {
    expect(await files(['--identity', 'nobody'])).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('smbwho files close', () => {
  const close = (words: readonly string[], given: InMemory = {}) => files(['close', ...words], given);

  test('asks, with the plan above the question, and says what became of it', async () => {
    const fileCloser = fileCloserOf(all);
    const { stdout, stderr, code } = await close([name(read)], { fileCloser, answer: 'y' });
    expect(stderr).toMatch(
      /^USER +FROM +SHARE +ACCESS +OPENED +OTHERS +CLOSES +PATH +LOCATION\nalice .* 3 +yes +\/srv\/docs\/folder +1\.2049\S+\nClose 1 file\? \[y\/N\] $/,
    );
    expect(stdout).toBe(`closed          ${name(read)}  /srv/docs/folder of alice from 192.0.2.77, in 2 ms\n`);
    expect([code, fileCloser.closed]).toEqual([0, [name(read)]]);
  });

  test('a file open for writing: its number has to be typed', async () => {
    const fileCloser = fileCloserOf(all);
    const yes = await close([name(read), name(written)], { fileCloser, answer: 'y' });
    expect(yes).toMatchObject({ code: 1, stdout: '' });
    expect(yes.stderr).toContain('Close 2 files, 1 of them open for writing? Type the number 2 to do so: ');
    expect(fileCloser.closed).toEqual([]);
    expect(await close([name(read), name(written)], { fileCloser, answer: '2' })).toMatchObject({ code: 0 });
    expect(fileCloser.closed).toEqual([name(read), name(written)]);
  });

  test.each([
    [['--path', '/srv/docs/reports'], [written]],
    [['--path', '**/q?.*', '--writing'], [written]],
    [
      ['--share', 'docs'],
      [read, written],
    ],
    [['--session', '1.9.9'], []],
  ])('by a filter: %j', async (words, expected) => {
    const fileCloser = fileCloserOf(all);
    const { code, stderr } = await close([...words, '--yes', '--reason', 'moved'], { fileCloser });
    expect([code, fileCloser.closed]).toEqual([0, expected.map(name)]);
    if (expected.length === 0) expect(stderr).toBe('smbwho: no open file is like that; nothing was closed\n');
    else expect(fileCloser.reasons).toEqual(['moved']);
  });

  test('--dry-run, and --json, as text and as lines', async () => {
    const fileCloser = fileCloserOf(all, { notClosable: 'form_unknown' });
    const dry = await close(['--share', 'docs', '--dry-run'], { fileCloser });
    expect(dry.stdout.split('\n')[1]).toContain(" not safe: the release can't be told ");
    const plan = await close([name(hostile), '--dry-run', '--json'], { fileCloser });
    expect(JSON.parse(plan.stdout)).toMatchObject({
      location: name(hostile),
      not_closable: 'form_unknown',
      num_others: 3,
    });
    const done = await close([name(read), '--yes', '--json'], { fileCloser: fileCloserOf(all) });
    expect(JSON.parse(done.stdout)).toEqual({ location: name(read), result: 'closed', message: '', took_ms: 2 });
    expect(fileCloser.closed).toEqual([]);
  });

  test.each<[CloseResult, number]>([
    ['closing', 5],
    ['refused', 5],
    ['denied', 4],
    ['gone', 0],
  ])('one of two is %s: %d', async (result, code) => {
    const fileCloser = fileCloserOf(all, {}, ({ shareFileId }) =>
      shareFileId === 2n ? { result, message: 'why\u001b' } : {},
    );
    const done = await close([name(read), name(written), '--yes'], { fileCloser });
    expect(done.code).toBe(code);
  });

  test('what is not there: 3; what is no location: 3, and nothing is planned', async () => {
    const fileCloser = fileCloserOf(all);
    expect(await close([name(someFile(9)), '--yes'], { fileCloser })).toMatchObject({ code: 3 });
    const before = fileCloser.planned.length;
    const path = await close([name(read), '/srv/docs\u001b', '--yes'], { fileCloser });
    expect(path).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('NOT_FOUND: "/srv/docs\\x1b"') });
    expect([fileCloser.planned.length, fileCloser.closed]).toEqual([before, []]);
  });

  test.each([
    [[], /name open files by their locations, or else give a filter/],
    [['--yes'], /or else give a filter/],
    [[name(read), '--share', 'docs', '--yes'], /or else give a filter/],
    [[name(read)], /no terminal to ask on; give --yes/],
    [['--yes', '--path', ''], /1 to 4096 characters/],
    [['--yes', '--path', '**?'.repeat(6)], /not more than 16 of them/],
  ])('%j is refused, and nothing is planned', async (words, message) => {
    const fileCloser = fileCloserOf(all);
    const { stdout, stderr, code } = await close(words, { fileCloser });
    expect([stdout, code, fileCloser.planned]).toEqual(['', 2, []]);
    expect(stderr).toMatch(message);
  });
});

test.each([['--from', '192.0.2.99'], ['--share', 'media'], ['--server', 'https://elsewhere:8000'], ['--json']])(
  'an option of files before close is refused, since it would not choose what is closed: %s',
  async (...words) => {
    const fileCloser = fileCloserOf(all);
    const { code, stderr } = await files([...words, 'close', '--path', '/srv', '--yes'], { fileCloser });
    expect([code, fileCloser.planned]).toEqual([2, []]);
    expect(stderr).toContain('options of files close stand behind it');
  },
);

describe('the files in smbwho show', () => {
  const { location } = someSession(1);
  const show = (words: readonly string[], given: InMemory = {}) =>
    runInMemory(['show', formatLocation(location), ...words], {
      source: sourceOf([someSession(1)]),
      files: fileSourceOf(all),
      ...given,
    });

  test('those of the session, hostile names made visible', async () => {
    const { stdout, code } = await show([]);
    expect(code).toBe(0);
    const group = stdout.slice(stdout.indexOf('Open files')).split('\n\n')[0]!.split('\n');
    expect(group[2]).toMatch(/^ {2}ACCESS +CACHING +LOCKS +OPENED +PATH$/);
    expect(group).toHaveLength(6);
    expect(stdout).toContain('/srv/docs/a\\x1b[2J\\u202etxt:x\\x07');
    expect(stdout).not.toContain('file 4.txt');
  });

  test('as JSON', async () => {
    const { files: shown, location: of } = JSON.parse((await show(['--json'])).stdout);
    expect([of, shown.map(({ path }: OpenFile) => path)]).toEqual([
      formatLocation(location),
      [read, written, hostile].map(({ path }) => path),
    ]);
  });

  test('where they cannot be read the session is shown all the same, with the reason', async () => {
    const problems = [{ code: 'SERVER_DENIED', message: 'this needs\u001b more' }];
    const denied = { files: fileSourceOf([], { takenAt: null, verdict: 'partial', problems }) };
    expect(await show([], denied)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('SERVER_DENIED: this needs\\x1b more'),
    });
    expect(JSON.parse((await show(['--json'], denied)).stdout).files).toBeNull();
  });
});
