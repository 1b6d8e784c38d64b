import { expect, test } from 'vitest';
import { Looks } from './looks.ts';

test('who looks while others do waits for them, and leaves nothing out', async () => {
  const all = Array.from({ length: 5 }, async () => {
    const seen: number[] = [];
    const looks = new Looks();
    await looks.each(
      Array.from({ length: 40 }, (_, i) => i),
      async (thing) => {
        if ((await looks.at('/')) !== null) seen.push(thing);
      },
    );
    return seen.length;
  });
  expect(await Promise.all(all)).toEqual([40, 40, 40, 40, 40]);
});

test('a look that never comes to an end holds one place, and others go on', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const looks = new Looks();
  await looks.each(['hangs'], () => promise);
  const seen: string[] = [];
  await looks.each(['a', 'b', 'c'], async (thing) => void seen.push(thing));
  expect(seen).toEqual(['a', 'b', 'c']);
  resolve();
});

test('where all places are held, nothing is looked at, and nobody waits for long', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const looks = new Looks();
  await looks.each(['hangs', 'hangs'], () => promise);
  const seen: string[] = [];
  await looks.each(['a'], async (thing) => void seen.push(thing));
  expect(seen).toEqual([]);
  resolve();
  await promise;
  await looks.each(['b'], async (thing) => void seen.push(thing));
  expect(seen).toEqual(['b']);
});
