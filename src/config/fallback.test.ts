import { expect, test } from 'vitest';
import { parseFallback } from './index.ts';

const values = { fallback: 'smbstatus', fallbackMemory: '1G', fallbackTimeout: '10s' };

test.each([
  [{}, { memoryBytes: 1_073_741_824, timeoutMs: 10_000 }],
  [
    { fallbackMemory: '16m', fallbackTimeout: '2.5' },
    { memoryBytes: 16_777_216, timeoutMs: 2500 },
  ],
  [{ fallback: 'off' }, null],
])('%j', (changes, limits) => {
  expect(parseFallback({ ...values, ...changes })).toEqual(limits);
});

test.each([
  [{ fallbackMemory: '1' }],
  [{ fallbackMemory: '0M' }],
  [{ fallbackMemory: '1.5G' }],
  [{ fallbackMemory: '9999999G' }],
  [{ fallbackTimeout: '0s' }],
  [{ fallbackTimeout: '3601s' }],
  [{ fallbackTimeout: '1m' }],
  [{ fallback: 'off', fallbackTimeout: '-1' }],
])('%j is refused by name', (changes) => {
  const word = expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('--fallback-') });
  expect(() => parseFallback({ ...values, ...changes })).toThrow(word);
});
