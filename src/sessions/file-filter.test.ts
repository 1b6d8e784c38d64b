import { describe, expect, test } from 'vitest';
import { someFile, strayFile, writing } from '../../test/support/files.ts';
import { emptyDirectory, someSession } from '../../test/support/sessions.ts';
import {
  filterFiles,
  filterFilesByIdentity,
  parseIdentity,
  parseNetwork,
  parsePathPattern,
  type UserDirectory,
} from './index.ts';

const plain = someFile(1);
const written = someFile(2, { accessMask: writing, path: '/srv/docs/reports/q3.xlsx', isDeleteOnClose: true });
const bobs = someFile(3, {
  path: '/srv/docs2/a',
  servicePath: '/srv/docs2',
  shareName: 'Docs2',
  client: '2001:db8::7',
  session: someSession(2).location,
});
const stray = strayFile(4);
const files = [plain, written, bobs, stray];

describe('filterFiles', () => {
  test.each([
    ['nothing', {}, files],
    ['a share, in any case', { share: 'DOCS2' }, [bobs]],
    ['a session', { session: someSession(2).location }, [bobs]],
    ['a network', { from: parseNetwork('2001:db8::/32')! }, [bobs]],
    ['writing', { writing: true }, [written]],
    ['reading', { writing: false }, [plain, bobs, stray]],
    ['disconnected', { disconnected: true }, [stray]],
    ['to be deleted', { deleted: true }, [written]],
    ['two conditions', { writing: false, share: 'docs' }, [plain]],
  ])('by %s', (_, filter, expected) => {
    expect(filterFiles(files, filter)).toEqual(expected);
  });

  test.each([
    ['/srv/docs', [plain, written, stray]],
    ['/srv/docs/', [plain, written, stray]],
    ['/', files],
    ['/srv/doc', []],
    ['/srv/docs/reports/q3.xlsx', [written]],
    ['/srv/docs/reports/q3.xls', []],
    ['reports', [written]],
    ['a', [bobs]],
    ['docs', []],
    ['/srv/*', []],
    ['/srv/*/*', [plain, bobs, stray]],
    ['**/*.xlsx', [written]],
    ['file ?.txt', [plain, stray]],
  ])('by the path %s', (text, expected) => {
    expect(filterFiles(files, { path: parsePathPattern(text)! })).toEqual(expected);
  });

  test('a share that is the whole server', () => {
    const file = someFile(1, { path: '/etc/passwd', servicePath: '/' });
    expect(filterFiles([file], { path: parsePathPattern('etc')! })).toEqual([file]);
  });

  test.each(['', 'a'.repeat(4097)])('a path of %#: none', (text) => {
    expect(parsePathPattern(text)).toBeNull();
  });
});

describe('filterFilesByIdentity', () => {
  test.each([
    ['alice', [plain, written, bobs]],
    ['sid:S-1-5-21-1-2-3-1000', [plain, written, bobs]],
    ['uid:20001', files],
    ['uid:5', []],
  ])('%s', async (text, expected) => {
    expect(await filterFilesByIdentity(files, parseIdentity(text), emptyDirectory)).toEqual(expected);
  });

  test('a name that the directory knows finds what is known by uid alone', async () => {
    const { user } = someSession(1);
    const directory: UserDirectory = {
      lookUp: async () => ({ verdict: 'known', accounts: [{ instance: 1, identity: user }] }),
    };
    expect(await filterFilesByIdentity([stray], parseIdentity('alice'), directory)).toEqual([stray]);
    await expect(filterFilesByIdentity([stray], parseIdentity('alice'), emptyDirectory)).rejects.toMatchObject({
      code: 'cred_invalid_local_user_error',
    });
  });
});
