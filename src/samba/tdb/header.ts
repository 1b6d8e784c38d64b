import { Cursor, DecodeError, readU32 } from '../bytes/index.ts';

const magicFood = Buffer.from('TDB file\n');
const version = 0x26011967 + 6;
const versionOfOtherByteOrder = 0x6d190126;
const featureFlagsMagic = 0xbad1a52;
const hashMagic = 0xbad1a51;
const mutexFeature = 1;
/** `sizeof(struct tdb_header)`; the free list's head stands behind it, then one head per chain. */
export const headerSizeBytes = 168;
/** Samba uses 131 and 10,007 chains; more than this is no file of Samba's. */
const maxHashSize = 1_000_003;

export interface TdbHeader {
  /** Number of hash chains. */
  readonly hashSize: number;
  /** Where offset 0 of the file's own offsets lies: behind the mutexes, where the file has them. */
  readonly baseBytes: number;
  /** First record, counted from `baseBytes`. */
  readonly dataStartBytes: number;
  /** Whether its records have TDB's first hash, as those of databases that Samba has had for ever. */
  readonly hasOldHash?: true;
}

/**
 * Reads `struct tdb_header` (lib/tdb/common/tdb_private.h, TDB 1.3 and later).
 *
 * @param hashes which files are accepted: of the session databases all have the Jenkins hash
 * @throws DecodeError TDB_NOT_TDB, TDB_BYTE_ORDER, TDB_BAD_VERSION, TDB_FEATURES, TDB_BAD_HEADER; TDB_TRUNCATED where
 * the tables lie past the end, as they do for some milliseconds while smbd starts
 */
export function parseHeader(bytes: Buffer, hashes: 'jenkins' | 'any' = 'jenkins'): TdbHeader {
  if (bytes.length < headerSizeBytes) {
    throw new DecodeError('TDB_TRUNCATED', `a TDB header has ${headerSizeBytes} bytes`, bytes.length);
  }
  if (bytes.compare(magicFood, 0, magicFood.length, 0, magicFood.length) !== 0) {
    throw new DecodeError('TDB_NOT_TDB', 'the file does not begin as a TDB file does', 0);
  }
  const cursor = new Cursor(bytes, 32);
  const foundVersion = cursor.u32();
  if (foundVersion === versionOfOtherByteOrder) {
    throw new DecodeError('TDB_BYTE_ORDER', 'the file was written on a big-endian host', 32);
  }
  if (foundVersion !== version) {
    throw new DecodeError('TDB_BAD_VERSION', `TDB version 0x${foundVersion.toString(16)} is not known`, 32);
  }
  const hashSize = cursor.u32();
  const rwlocks = cursor.u32();
  cursor.skip(4 * 4); // recovery_start, sequence_number, magic1_hash, magic2_hash
  const featureFlags = rwlocks === featureFlagsMagic ? cursor.u32() : 0;
  const hasOldHash = rwlocks === 0 && hashes === 'any';
  if (rwlocks !== featureFlagsMagic && rwlocks !== hashMagic && !hasOldHash) {
    throw new DecodeError('TDB_FEATURES', 'the file does not use the Jenkins hash', 40);
  }
  if ((featureFlags & ~mutexFeature) !== 0) {
    throw new DecodeError('TDB_FEATURES', `feature flags 0x${featureFlags.toString(16)} are not known`, 60);
  }
  if (hashSize < 1 || hashSize > maxHashSize) {
    throw new DecodeError('TDB_BAD_HEADER', `${hashSize} hash chains`, 36);
  }
  const baseBytes = featureFlags & mutexFeature ? readU32(bytes, 64) : 0;
  const dataStartBytes = headerSizeBytes + 4 + 4 * hashSize;
  if (baseBytes + dataStartBytes > bytes.length) {
    throw new DecodeError('TDB_TRUNCATED', 'the hash table lies past the end of the file', bytes.length);
  }
  return { hashSize, baseBytes, dataStartBytes, ...(hasOldHash && { hasOldHash }) };
}

/** Where, counted from `baseBytes`, the head of a chain stands. */
export function chainHeadBytes(bucket: number): number {
  return headerSizeBytes + 4 + 4 * bucket;
}
