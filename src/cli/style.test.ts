import { expect, test } from 'vitest';
import { styleOf } from './style.ts';

test('the caller alone decides about colour', () => {
  expect(styleOf(true).good('encrypted')).toBe('\u001b[32mencrypted\u001b[39m');
  expect(styleOf(false).good('encrypted')).toBe('encrypted');
});
