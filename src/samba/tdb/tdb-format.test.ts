import { describe, expect, test } from 'vitest';
import { idKey, tdbImage } from '../../../test/support/tdb/index.ts';
import { parseHeader } from './header.ts';
import { jenkinsHash } from './jenkins-hash.ts';
import { walkRecords } from './walk.ts';

describe('jenkinsHash', () => {
  // From lookup3.c's own self-test: "Four score and seven years ago" with seed 0, and the empty key.
  test.each([
    ['', 0xdeadbeef],
    ['Four score and seven years ago', 0x17770551],
  ])('%j', (text, hash) => {
    const bytes = Buffer.from(`..${text}`);
    expect(jenkinsHash(bytes, 2, bytes.length - 2)).toBe(hash);
  });
});

describe('parseHeader', () => {
  const image = tdbImage([[idKey(1), Buffer.from('data')]]).bytes;
  const changed = (at: number, value: number) => {
    const bytes = Buffer.from(image);
    bytes.writeUInt32LE(value >>> 0, at);
    return bytes;
  };

  test('a file without mutexes', () => {
    expect(parseHeader(image)).toEqual({ hashSize: 131, baseBytes: 0, dataStartBytes: 168 + 4 + 4 * 131 });
  });

  test('a file with mutexes counts its offsets from behind them', () => {
    const { bytes } = tdbImage([], { hashSize: 10_007, mutexBytes: 0x62000 });
    expect(parseHeader(bytes)).toEqual({ hashSize: 10_007, baseBytes: 0x62000, dataStartBytes: 168 + 4 + 4 * 10_007 });
  });

  test.each([
    ['empty', Buffer.alloc(0), 'TDB_TRUNCATED'],
    ['a header without its table', image.subarray(0, 300), 'TDB_TRUNCATED'],
    ['text', Buffer.alloc(4096, 'hello '), 'TDB_NOT_TDB'],
    ['another version', changed(32, 0x26011966), 'TDB_BAD_VERSION'],
    ['another byte order', changed(32, 0x6d190126), 'TDB_BYTE_ORDER'],
    ['the old hash', changed(40, 0), 'TDB_FEATURES'],
    ['no chains', changed(36, 0), 'TDB_BAD_HEADER'],
    ['too many chains', changed(36, 0xffffffff), 'TDB_BAD_HEADER'],
  ])('refuses %s', (_, bytes, code) => {
    expect(() => parseHeader(bytes)).toThrow(expect.objectContaining({ code }));
  });

  test('refuses features that it does not know', () => {
    const { bytes } = tdbImage([], { mutexBytes: 0x2000 });
    bytes.writeUInt32LE(3, 60);
    expect(() => parseHeader(bytes)).toThrow(expect.objectContaining({ code: 'TDB_FEATURES' }));
  });
});

describe('walkRecords', () => {
  const { bytes, offsets } = tdbImage(Array.from({ length: 500 }, (_, i) => [idKey(i), Buffer.alloc(i % 40, i)]));
  const walk = (image: Buffer) => {
    const visited: number[] = [];
    return { visited, stuckAt: walkRecords(image, parseHeader(image), (at) => visited.push(at)) };
  };
  const changed = (at: number, value: number) => {
    const image = Buffer.from(bytes);
    image.writeUInt32LE(value >>> 0, at);
    return image;
  };

  test('visits every live record, whatever chain it is in', () => {
    expect(walk(bytes)).toEqual({ visited: offsets, stuckAt: null });
  });

  test('passes over dead and free records', () => {
    expect(walk(changed(offsets[3]! + 20, 0xfee1dead))).toEqual({ visited: offsets.toSpliced(3, 1), stuckAt: null });
    expect(walk(changed(offsets[4]! + 20, ~0x26011999))).toEqual({ visited: offsets.toSpliced(4, 1), stuckAt: null });
  });

  test.each([
    ['an unknown magic', 20, 0x12345678],
    ['a length past the end', 4, 0x7fffffff],
    ['a key longer than the record', 8, 0x10000],
    ["a hash that is not the key's", 16, 1],
  ])('stops at %s and says where', (_, field, value) => {
    const { visited, stuckAt } = walk(changed(offsets[5]! + field, value));
    expect(stuckAt).toBe(offsets[5]);
    expect(visited).toEqual(offsets.slice(0, 5));
  });
});
