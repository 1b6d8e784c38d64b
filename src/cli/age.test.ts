import { expect, test } from 'vitest';
import { formatAge } from './age.ts';

test.each([
  [0, '0s', '0s'],
  [59, '59s', '59s'],
  [185, '3m05s', '3m'],
  [7800, '2h10m', '2h'],
  [270_000, '3d03h', '3d'],
])('%ds: %s', (seconds, text, rough) => {
  expect([formatAge(seconds * 1_000_000), formatAge(seconds * 1_000_000, 1)]).toEqual([text, rough]);
});
