import { expect, test } from 'vitest';
import { RecentAnswers } from './recent-answers.ts';

const always = () => true;

test('what is asked again has the answer of before, as long as it stands', async () => {
  const answers = new RecentAnswers<number>({ keptMs: 3_600_000, maxAnswers: 2 });
  let count = 0;
  const ask = async () => ++count;
  expect(await Promise.all([answers.get('a', ask, always), answers.get('a', ask, always)])).toEqual([1, 1]);
  expect(await answers.get('b', ask, always)).toBe(2);
  expect(await answers.get('a', ask, always)).toBe(1);
  // A third one takes the place of the oldest.
  expect(await answers.get('c', ask, always)).toBe(3);
  expect(await answers.get('a', ask, always)).toBe(4);
  const stale = new RecentAnswers<number>({ keptMs: 0, maxAnswers: 2 });
  expect([await stale.get('a', ask, always), await stale.get('a', ask, always)]).toEqual([5, 6]);
});

test('an answer that is none, and a failure, are for those alone who waited', async () => {
  const answers = new RecentAnswers<number>({ keptMs: 3_600_000, maxAnswers: 2 });
  expect(
    await answers.get(
      'a',
      async () => 1,
      () => false,
    ),
  ).toBe(1);
  await expect(answers.get('a', async () => Promise.reject(new Error('no')), always)).rejects.toThrow('no');
  expect(await answers.get('a', async () => 2, always)).toBe(2);
});
