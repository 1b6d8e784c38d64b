import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { someSession } from '../../test/support/sessions.ts';
import {
  compareLocations,
  elapsedMicros,
  formatLocation,
  type Location,
  parseLocation,
  type Session,
  takePage,
  toIso,
} from './index.ts';
import type { Page } from './page.ts';

describe('location', () => {
  test('text and back', () => {
    const location = { instance: 1, sessionGlobalId: 4_294_967_295, creationTime: 134_400_300_502_777_410n };
    expect(formatLocation(location)).toBe('1.4294967295.134400300502777410');
    expect(parseLocation('1.4294967295.134400300502777410')).toEqual(location);
  });

  test.each([
    '',
    '1',
    '1.2',
    '1.2.3.4',
    '01.2.3',
    '1.02.3',
    ' 1.2.3',
    '1.2.-3',
    '1.4294967296.3',
    '1.2.18446744073709551616',
    '1.2.0x3',
    '１.2.3',
  ])('%j is none', (text) => {
    expect(parseLocation(text)).toBeNull();
  });

  test('order is numeric, by each part in turn', () => {
    const texts = ['1.9.5', '1.10.5', '1.10.40', '2.1.1', '10.1.1'];
    const locations = texts.map((text) => parseLocation(text)!);
    expect(locations.toReversed().sort(compareLocations).map(formatLocation)).toEqual(texts);
  });
});

describe('takePage', () => {
  const sessions = Array.from({ length: 25 }, (_, i) => someSession((i + 1) * 10));

  test('pages follow each other without a gap, the last one says so', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (limit) => {
        const seen = [];
        let after: Location | null = null;
        do {
          const page: Page<Session, Location> = takePage(sessions, after, limit, compareLocations);
          if (page.next !== null) expect(page.entries).toHaveLength(limit);
          seen.push(...page.entries);
          after = page.next;
        } while (after !== null);
        expect(seen).toEqual(sessions);
      }),
    );
  });

  test('resumes behind a session that has gone', () => {
    const after = { ...sessions[3]!.location, sessionGlobalId: 45 };
    expect(takePage(sessions, after, 1, compareLocations).entries).toEqual([sessions[4]]);
  });

  test('nothing is a page too', () => {
    expect(takePage([], null, 5, compareLocations)).toEqual({ entries: [], next: null });
    expect(takePage(sessions, sessions.at(-1)!.location, 5, compareLocations)).toEqual({ entries: [], next: null });
  });
});

describe('instants', () => {
  test.each([
    [0, '1970-01-01T00:00:00.000000Z'],
    [1_795_556_450_277_741, '2026-11-24T21:40:50.277741Z'],
    [1_795_556_450_000_001, '2026-11-24T21:40:50.000001Z'],
    [-1, '1969-12-31T23:59:59.999999Z'],
  ])('%d is %s', (instant, text) => {
    expect(toIso(instant)).toBe(text);
  });

  test('time never runs backwards', () => {
    expect(elapsedMicros(5, 7)).toBe(2);
    expect(elapsedMicros(7, 5)).toBe(0);
  });
});
