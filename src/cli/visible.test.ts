import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { shorten, shortenNames, visible, wrap } from './visible.ts';

describe('visible', () => {
  test.each([
    ['a\u001b[2Jb', 'a\\x1b[2Jb'],
    ['a\u009bb', 'a\\x9bb'],
    ['a\r\nb', 'a\\x0d\\x0ab'],
    ['a\u202eb', 'a\\u202eb'],
    ['a\u2028b', 'a\\u2028b'],
    ['adm\u00adin\u3164', 'adm\\xadin\\u3164'],
    ['a\u{e0041}', 'a\\u{e0041}'],
    ['a\ud800', 'a\ufffd'],
    ['é e\u0301 文 👍 ❤\ufe0f \u0600', 'é e\u0301 文 👍 ❤\ufe0f \u0600'],
  ])('%j is shown as %s', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });
});

describe('shorten', () => {
  test.each([
    ['alice', 5, 'alice'],
    ['alice', 4, 'ali…'],
    ['王小明', 5, '王小…'],
    ['王小明', 4, '王…'],
    ['zoe\u0301 smith', 4, 'zoe\u0301…'],
    ['👍🏽👍🏽', 3, '👍🏽…'],
    ['🇩🇪🇫🇷', 2, '…'],
  ])('%j in %d cells: %j', (text, width, shortened) => {
    expect(shorten(text, width)).toBe(shortened);
  });
});

describe('shortenNames', () => {
  test.each([
    [[], 10, ''],
    [['media', 'docs'], 10, 'media,docs'],
    [['media', 'docs', '文档'], 14, 'media,docs,+1'],
    [['media', 'docs', '文档'], 10, 'media,+2'],
    [['photographs', 'docs'], 10, 'photog…,+1'],
    [['照片照片照片'], 10, '照片照片…'],
  ])('%j in %d cells: %j', (names, width, shortened) => {
    expect(shortenNames(names, width)).toBe(shortened);
  });

  test('a very long list', () => {
    const names = Array.from({ length: 1200 }, (_, i) => `share${i}`);
    expect(shortenNames(names, 20)).toBe('share0,share1,+1198');
  });
});

describe('wrap', () => {
  test.each([
    ['run it as root', 14, ['run it as root']],
    ['run it as root', 10, ['run it as', 'root']],
    ['see /var/lib/samba/lock now', 10, ['see', '/var/lib/s', 'amba/lock', 'now']],
    ['文档文档文档', 5, ['文档', '文档', '文档']],
  ])('%j in %d cells', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });

  test('one grapheme may be wider than a line', () => {
    const lines = wrap('\u0600'.repeat(100), 10);
    expect(lines.map((line) => stringWidth(line)).every((width) => width <= 10)).toBe(true);
    expect(lines.join('')).toBe('\u0600'.repeat(100));
  });
});
