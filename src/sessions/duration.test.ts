import { expect, test } from 'vitest';
import { parseDuration } from './index.ts';

test.each([
  ['0s', 0],
  ['90s', 90],
  ['30m', 1800],
  ['8h', 28_800],
  ['1d', 86_400],
  ['2h10m', 7800],
  ['1d02h03m04s', 93_784],
  [' 5m ', 300],
])('%s is %i s', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds * 1_000_000);
});

test.each(['', '5', 's', '-5s', '1.5h', '5 m', '5m1h', '1w', '1h1h', '99999999999s'])('%j is none', (text) => {
  expect(parseDuration(text)).toBeNull();
});
