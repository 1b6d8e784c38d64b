import { readU32 } from '../bytes/index.ts';
import { jenkinsHash } from './jenkins-hash.ts';

/** `sizeof(struct tdb_record)`: next, rec_len, key_len, data_len, full_hash, magic; key and data follow. */
export const recordHeaderBytes = 24;
const liveMagic = 0x26011999;
const deadMagic = 0xfee1dead;
const freeMagic = ~liveMagic >>> 0;
const recoveryMagic = 0xf53bc0e7;
const recoveryInvalidMagic = 0;

/** What stands at a record's place. `broken` is what no complete record looks like: torn, or no record at all. */
export type RecordState = 'live' | 'dead' | 'free' | 'broken';

/**
 * Judges the `struct tdb_record` at an offset, which must lie so that its 24 bytes are inside `bytes`.
 * A live one has lengths that fit it and a hash that is its key's; the old hash is not checked.
 */
export function recordState(bytes: Buffer, at: number, hasOldHash = false): RecordState {
  const lengthBytes = readU32(bytes, at + 4);
  if (at + recordHeaderBytes + lengthBytes > bytes.length) return 'broken';
  switch (readU32(bytes, at + 20)) {
    case liveMagic: {
      const keyBytes = readU32(bytes, at + 8);
      if (keyBytes + readU32(bytes, at + 12) > lengthBytes) return 'broken';
      if (hasOldHash) return 'live';
      const hash = readU32(bytes, at + 16);
      return hash === jenkinsHash(bytes, at + recordHeaderBytes, keyBytes) ? 'live' : 'broken';
    }
    case deadMagic:
      return 'dead';
    case freeMagic:
    case recoveryMagic:
    case recoveryInvalidMagic:
      return 'free';
    default:
      return 'broken';
  }
}

export interface RecordPlace {
  /** Offset of the record's header in its buffer. */
  readonly at: number;
  readonly keyAt: number;
  readonly dataAt: number;
  /** One past the last byte of the data. */
  readonly dataEnd: number;
}

/** Where key and data of a live record stand. */
export function recordPlace(bytes: Buffer, at: number): RecordPlace {
  const keyAt = at + recordHeaderBytes;
  const dataAt = keyAt + readU32(bytes, at + 8);
  return { at, keyAt, dataAt, dataEnd: dataAt + readU32(bytes, at + 12) };
}
