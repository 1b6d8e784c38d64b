import { expect, test } from 'vitest';
import { someFile } from '../../test/support/files.ts';
import { closerOf, someSession } from '../../test/support/sessions.ts';
import { nameWritten } from './written-files.ts';

const file = (path: string, forWriting: boolean) => ({ path, forWriting, location: someFile(1).location });

async function named(paths: readonly string[], numOpensForWriting: number | null) {
  const session = someSession(1);
  const files = [...paths.map((path) => file(path, true)), file('/srv/read', false)];
  const { closes } = await closerOf([session], { files, numOpensForWriting }).plan([session.location]);
  return nameWritten(closes);
}

test('names the files that are written, with whose they are, and no others', async () => {
  expect(await named(['/srv/a', '/srv/b\u001b[2J'], 2)).toEqual([
    'writing: /srv/a (alice)',
    'writing: /srv/b\\x1b[2J (alice)',
  ]);
  expect(await named([], 0)).toEqual([]);
  expect(await named([], null)).toEqual([]);
});

test('names ten, and counts the others', async () => {
  const lines = await named(
    Array.from({ length: 100 }, (_, i) => `/srv/${i}`),
    250,
  );
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toBe('writing: 240 more');
});
