import { describe, expect, test } from 'vitest';
import { Cursor, DecodeError, readU32, readU32be } from './index.ts';

const bytes = Buffer.from('0102030405060708ff', 'hex');

describe('Cursor', () => {
  test('reads little-endian numbers one after the other', () => {
    const cursor = new Cursor(bytes);
    expect(cursor.u8()).toBe(1);
    expect(cursor.u16()).toBe(0x0302);
    expect(cursor.u32()).toBe(0x07060504);
    expect(cursor.offsetBytes).toBe(7);
    expect(cursor.remainingBytes).toBe(2);
  });

  test('reads 64 bits without losing any', () => {
    expect(new Cursor(bytes, 1).u64()).toBe(0xff08070605040302n);
  });

  test('never reads past its window, though the buffer goes on', () => {
    const cursor = new Cursor(bytes, 2, 5);
    expect(() => cursor.u32()).toThrow(new DecodeError('BYTES_TRUNCATED', '4 bytes needed, 3 left', 0));
    expect(cursor.offsetBytes).toBe(0);
    expect(cursor.hex(3)).toBe('030405');
    expect(() => cursor.u8()).toThrow('1 bytes needed, 0 left (at byte 3)');
  });

  test('refuses lengths beyond any buffer', () => {
    expect(() => new Cursor(bytes).skip(0xffff_ffff)).toThrow(DecodeError);
  });

  test('shows bytes that are no UTF-8 as replacement characters', () => {
    expect(new Cursor(Buffer.from('41ff42', 'hex')).utf8(3)).toBe('A\ufffdB');
  });

  test('can be pointed at another buffer', () => {
    const cursor = new Cursor(bytes);
    cursor.u32();
    expect(cursor.reset(Buffer.from([9, 8]), 1).u8()).toBe(8);
  });
});

test('numbers at a place, in both orders', () => {
  expect(readU32(bytes, 5)).toBe(0xff080706);
  expect(readU32be(bytes, 0)).toBe(0x01020304);
});
