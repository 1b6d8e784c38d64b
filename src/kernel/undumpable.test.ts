import { afterEach, expect, test } from 'vitest';
import { loadLibc } from './libc.ts';
import { makeUndumpable } from './undumpable.ts';

const [getDumpable, setDumpable] = [3, 4];
afterEach(async () => {
  (await loadLibc()).prctl(setDumpable, 1);
});

test('the kernel then dumps no core of this process', async () => {
  const { prctl } = await loadLibc();
  prctl(setDumpable, 1);
  expect(prctl(getDumpable, 0)).toBe(1);
  expect(await makeUndumpable()).toBeNull();
  expect(prctl(getDumpable, 0)).toBe(0);
});
