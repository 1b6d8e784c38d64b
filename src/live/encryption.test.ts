import { expect, test } from 'vitest';
import { sessionEncryption, treeEncryption } from './encryption.ts';

const [required, desired, encrypted, plain] = [1, 2, 4, 8];

test.each([
  [0, 'none'],
  [plain, 'none'],
  [desired, 'none'],
  [required, 'full'],
  [encrypted, 'full'],
  [encrypted | plain, 'partial'],
  [required | plain, 'none'],
])('a tree connect with flags %d: %s', (flags, level) => {
  expect(treeEncryption(flags)).toBe(level);
});

const login = encrypted | plain;

test.each([
  ['nothing encrypted, no tree', plain, [], 'none'],
  ['encrypted, no tree', login, [], 'full'],
  ['encrypted, a tree that nothing has gone over', login, [0], 'full'],
  ['plain, a tree that nothing has gone over', plain, [0], 'none'],
  ['encryption required, a tree that nothing has gone over', required, [0], 'full'],
  ['one encrypted share, one plain', login, [encrypted, plain], 'partial'],
  ['one encrypted share, one that nothing has gone over', login, [encrypted, 0], 'full'],
  ['a share that demands it, before the first packet', plain, [required], 'full'],
  ['one that demands it, one plain', plain, [required, plain], 'partial'],
  ['plain shares of a session that was encrypted once', login, [plain], 'partial'],
  ['plain all over', plain, [plain, plain], 'none'],
] as const)('%s', (_, flags, trees, level) => {
  expect(sessionEncryption(flags, trees)).toBe(level);
});
