import { afterEach, expect, test, vi } from 'vitest';
import { clockOrigin, instantOf, now } from './index.ts';

afterEach(() => {
  vi.useRealTimers();
  now();
});

test.each([3_600_000, -3_600_000])('follows a clock that is set by %i ms, with all moments before', (byMs) => {
  now();
  const [origin, moment] = [clockOrigin(), instantOf(0)];
  const setAt = Date.now() + byMs;
  vi.useFakeTimers({ toFake: ['Date'], now: setAt });
  expect(now()).toBeGreaterThan(setAt * 1000 - 2_000_000);
  expect(clockOrigin() - origin).toBe(instantOf(0) - moment);
  expect(Math.round((clockOrigin() - origin) / 60_000_000)).toBe(byMs / 60_000);
});

test('a clock that is a little off is no other clock', () => {
  now();
  const origin = clockOrigin();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 500 });
  now();
  expect(clockOrigin()).toBe(origin);
});
