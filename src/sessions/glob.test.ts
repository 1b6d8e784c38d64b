import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob } from './glob.ts';

describe('compileGlob', () => {
  test.each([
    ['/srv/*.txt', ['/srv/a.txt', '/srv/.txt'], ['/srv/a/b.txt', '/srv/a.txt/', 'x/srv/a.txt']],
    ['/srv/?.txt', ['/srv/a.txt', '/srv/😀.txt'], ['/srv/ab.txt', '/srv//.txt', '/srv/.txt']],
    ['/srv/**', ['/srv/a', '/srv/a/b/c'], ['/srv', '/other/srv/a']],
    ['**/*.txt', ['a.txt', 'a/b/c.txt', '/a.txt'], ['a.txt/b', 'a/b/c.txt2']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb', 'axb', 'a/x/by']],
    ['a/**/**/b', ['a/b', 'a/x/b'], ['a/xb']],
    ['a/***/b', ['a/b', 'a/x/y/b'], ['axb']],
    ['a**b', ['ab', 'a/x/b', 'axyb'], ['a', 'ba']],
    ['**', ['', '/', 'a/b\nc'], []],
    ['[a-z].(b|c)+$', ['[a-z].(b|c)+$'], ['a.b', 'x']],
    ['*/*b', ['a/b', '/b', 'x/abb'], ['ab', 'a/b/b', 'a/bc']],
  ])('%s', (pattern, matching, others) => {
    const matches = compileGlob(pattern);
    expect(matching.filter((text) => !matches(text))).toEqual([]);
    expect(others.filter(matches)).toEqual([]);
  });

  /** What the words mean, by trying everything: for short texts only. */
  function isMeant(pattern: string, text: string): boolean {
    if (pattern === '') return text === '';
    const some = (from: number, to: number, rest: string) =>
      Array.from({ length: to - from + 1 }, (_, i) => text.slice(from + i)).some((left) => isMeant(rest, left));
    const stars = /^\*+/.exec(pattern)?.[0].length ?? 0;
    const rest = pattern.slice(Math.max(stars, 1));
    if (stars >= 2) return some(0, text.length, rest);
    if (stars === 1) return some(0, /^[^/]*/.exec(text)![0].length, rest);
    if (text === '') return false;
    return (pattern[0] === '?' ? text[0] !== '/' : pattern[0] === text[0]) && isMeant(rest, text.slice(1));
  }

  test('means of any pattern without folders left out what its words say', () => {
    const letters = (all: string, maxLength: number) =>
      fc.array(fc.constantFrom(...all), { maxLength }).map((some) => some.join(''));
    // `**/` may be no folder at all, which the definition above leaves out.
    const pattern = letters('ab/*?', 8).map((text) => text.replace(/\*{2,}\//g, '**a/'));
    const property = fc.property(
      pattern,
      letters('aab/', 8),
      (words, text) => compileGlob(words)(text) === isMeant(words, text),
    );
    fc.assert(property, { numRuns: 3000 });
  });

  test.each([
    ['**a'.repeat(60), 'a'],
    ['*a'.repeat(60), 'a'],
    [`${'**/'.repeat(60)}*a?a*a`, 'a/'],
    [`${'*?'.repeat(60)}b`, 'a'],
  ])('%s comes to an end, whatever it is held against', (pattern, piece) => {
    // By trying one way after another, this would take longer than the universe is old.
    expect(compileGlob(pattern)(`${piece.repeat(4000)}x`)).toBe(false);
  });
});
