import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextCache } from './text-cache.ts';

test('a text is what its bytes are, whatever was asked before', () => {
  const cache = new TextCache();
  const text = fc.oneof(fc.constantFrom('docs', 'dosc', 'media', '文档'), fc.string({ maxLength: 90 }));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
      for (const expected of texts) {
        const bytes = Buffer.from(`..${expected.toWellFormed()}..`);
        expect(cache.utf8(bytes, 2, bytes.length - 4)).toBe(expected.toWellFormed());
      }
    }),
  );
});

test('what it remembers does not change with the buffer that it came from', () => {
  const cache = new TextCache();
  const bytes = Buffer.from('docs');
  cache.utf8(bytes, 0, 4);
  bytes.fill('x');
  expect(cache.utf8(Buffer.from('docs'), 0, 4)).toBe('docs');
  expect(cache.utf8(bytes, 0, 4)).toBe('xxxx');
});
