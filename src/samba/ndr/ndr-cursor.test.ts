import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NdrCursor, nttimeToMicros } from './index.ts';

const cursorOf = (hex: string) => new NdrCursor(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('NdrCursor', () => {
  test('aligns from the start of its window, not of the buffer', () => {
    const cursor = new NdrCursor(Buffer.from('ff 01 000000 0a000000'.replaceAll(' ', ''), 'hex'), 1);
    expect(cursor.u8()).toBe(1);
    expect(cursor.uint32()).toBe(10);
  });

  test('a hyper aligns to 8 bytes, an NTTIME to 4', () => {
    const hex = '01000000 02000000 0000000003000000 00000000';
    const hyper = cursorOf(hex);
    hyper.u32();
    expect(hyper.hyper()).toBe(0x0000000300000000n);
    const nttime = cursorOf(hex);
    nttime.u32();
    expect(nttime.rawNttime()).toBe(2n);
  });

  const nttimeCursor = (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    return new NdrCursor(bytes);
  };

  test('an NTTIME is a moment to the microsecond, whatever its date', () => {
    const epoch = 116_444_736_000_000_000n;
    fc.assert(
      fc.property(fc.bigInt({ min: epoch - 2n ** 54n, max: 2n ** 57n }), (value) => {
        const expected = Number((value - epoch) / 10n - ((value - epoch) % 10n < 0n ? 1n : 0n));
        expect(nttimeCursor(value).nttime()).toBe(expected);
      }),
    );
    expect(nttimeCursor(134_400_300_502_777_419n).nttime()).toBe(1_795_556_450_277_741);
    expect(nttimeToMicros(134_400_300_502_777_419n)).toBe(1_795_556_450_277_741);
  });

  test.each([0n, 2n ** 63n, 2n ** 63n - 1n, 2n ** 64n - 1n])('NTTIME %d is never', (value) => {
    expect(nttimeCursor(value).nttime()).toBeNull();
    expect(nttimeToMicros(value)).toBeNull();
  });

  test.each([
    ['04000000 00000000 04000000 616263 00', 'abc'],
    ['01000000 00000000 01000000 00', ''],
    ['07000000 00000000 07000000 e69687e6a1a3 00', '文档'],
  ])('string %s', (hex, text) => {
    expect(cursorOf(hex).string()).toBe(text);
    const skipped = cursorOf(hex);
    skipped.skipString();
    expect(skipped.remainingBytes).toBe(0);
  });

  test.each([
    ['no NUL', '03000000 00000000 03000000 616263'],
    ['an offset', '02000000 01000000 02000000 6100'],
    ['two lengths', '03000000 00000000 02000000 6100'],
    ['no room for the NUL', '00000000 00000000 00000000'],
    ['a huge length', 'ffffff7f 00000000 ffffff7f 6100'],
  ])('refuses a string with %s', (_, hex) => {
    expect(() => cursorOf(hex).string()).toThrow(expect.objectContaining({ code: 'NDR_BAD_STRING' }));
    expect(() => cursorOf(hex).skipString()).toThrow(expect.objectContaining({ code: 'NDR_BAD_STRING' }));
  });

  test('a string that smbd has NULL for is empty where it may be NULL, and an error elsewhere', () => {
    const hex = '00000000 00000000 00000000';
    const cursor = cursorOf(hex);
    expect(cursor.stringOrNull()).toBe('');
    expect(cursor.remainingBytes).toBe(0);
    expect(() => cursorOf(hex).string()).toThrow(expect.objectContaining({ code: 'NDR_BAD_STRING' }));
    expect(cursorOf('02000000 00000000 02000000 6100').stringOrNull()).toBe('a');
  });

  test('UTF-16 text ends in its NUL', () => {
    const cursor = cursorOf('6100 8b73 0000 ff');
    cursor.skipUtf16();
    expect(cursor.remainingBytes).toBe(1);
    expect(() => cursorOf('6100 8b73').skipUtf16()).toThrow(expect.objectContaining({ code: 'BYTES_TRUNCATED' }));
  });

  test('an array has as many elements as its count says', () => {
    const cursor = cursorOf('02000000 02000000');
    cursor.arraySize(cursor.count(2));
    expect(cursor.remainingBytes).toBe(0);
    expect(() => cursorOf('03000000').count(2)).toThrow(expect.objectContaining({ code: 'NDR_BAD_COUNT' }));
    expect(() => cursorOf('03000000').arraySize(2)).toThrow(expect.objectContaining({ code: 'NDR_BAD_COUNT' }));
  });

  test.each([
    ['01 05 000000000005 15000000 01000000 02000000 03000000 f5010000', 'S-1-5-21-1-2-3-501'],
    ['01 01 000000000001 00000000', 'S-1-1-0'],
    ['01 01 000000000005 ffffffff', 'S-1-5-4294967295'],
    ['01 00 0000ffffffff', 'S-1-4294967295'],
    ['01 00 010000000000', 'S-1-0x10000000000'],
  ])('SID %s', (hex, sid) => {
    expect(cursorOf(hex).sid()).toBe(sid);
    const skipped = cursorOf(hex);
    skipped.skipSid();
    expect(skipped.remainingBytes).toBe(0);
  });

  test.each([
    ['another revision', '02 01 000000000001 00000000'],
    ['16 parts', `01 10 000000000001 ${'00000000'.repeat(16)}`],
  ])('refuses a SID with %s', (_, hex) => {
    expect(() => cursorOf(hex).sid()).toThrow(expect.objectContaining({ code: 'NDR_BAD_SID' }));
  });

  test.each([
    ['00000000', false],
    ['04000200', true],
    ['00000200', true],
  ])('unique pointer %s', (hex, isSet) => {
    expect(cursorOf(hex).uniquePointer()).toBe(isSet);
  });

  test.each(['01000000', '03000200', '00000003', 'f1ae f1ae'])('refuses pointer %s', (hex) => {
    expect(() => cursorOf(hex).uniquePointer()).toThrow(expect.objectContaining({ code: 'NDR_BAD_POINTER' }));
  });

  test('an ignored pointer packs zero', () => {
    expect(() => cursorOf('00000000').ignoredPointer()).not.toThrow();
    expect(() => cursorOf('00000200').ignoredPointer()).toThrow(expect.objectContaining({ code: 'NDR_BAD_POINTER' }));
  });

  test('a blob longer than what is left is truncated bytes', () => {
    expect(() => cursorOf('ffffffff 00').skipBlob()).toThrow(expect.objectContaining({ code: 'BYTES_TRUNCATED' }));
  });
});
