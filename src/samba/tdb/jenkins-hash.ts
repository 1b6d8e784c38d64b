import { readU32 } from '../bytes/index.ts';

/**
 * Bob Jenkins' lookup3 `hashlittle` with seed 0 over `bytes[start, start + length)`: the hash of every TDB key
 * (`tdb_jenkins_hash`, set by TDB_INCOMPATIBLE_HASH). Public domain algorithm, lookup3.c of May 2006.
 *
 * @returns an unsigned 32-bit number
 */
export function jenkinsHash(bytes: Buffer, start: number, length: number): number {
  let a = (0xdeadbeef + length) | 0;
  let b = a;
  let c = a;
  let at = start;
  let left = length;
  while (left > 12) {
    a = (a + readU32(bytes, at)) | 0;
    b = (b + readU32(bytes, at + 4)) | 0;
    c = (c + readU32(bytes, at + 8)) | 0;
    a = (a - c) ^ rotate(c, 4);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 6);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 8);
    b = (b + a) | 0;
    a = (a - c) ^ rotate(c, 16);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 19);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 4);
    b = (b + a) | 0;
    at += 12;
    left -= 12;
  }
  if (left === 0) return c >>> 0;
  a = (a + tail(bytes, at, left)) | 0;
  b = (b + tail(bytes, at + 4, left - 4)) | 0;
  c = (c + tail(bytes, at + 8, left - 8)) | 0;
  c = (c ^ b) - rotate(b, 14);
  a = (a ^ c) - rotate(c, 11);
  b = (b ^ a) - rotate(a, 25);
  c = (c ^ b) - rotate(b, 16);
  a = (a ^ c) - rotate(c, 4);
  b = (b ^ a) - rotate(a, 14);
  c = (c ^ b) - rotate(b, 24);
  return c >>> 0;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Up to four bytes as a little-endian number. */
function tail(bytes: Buffer, at: number, count: number): number {
  if (count >= 4) return readU32(bytes, at);
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = (value << 8) | bytes[at + i]!;
  return value;
}
