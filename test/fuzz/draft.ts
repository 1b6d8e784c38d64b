import { readU32 } from '../../src/samba/bytes/index.ts';
import { parseHeader, type TdbHeader } from '../../src/samba/tdb/header.ts';
import { jenkinsHash } from '../../src/samba/tdb/jenkins-hash.ts';
import type { SeedFile } from './corpus.ts';
import { type Id, idOf, type Kind } from './kinds.ts';

/** What `struct tdb_record` has at these offsets. */
export const recordFields = { next: 0, length: 4, keyLength: 8, dataLength: 12, hash: 16, magic: 20 } as const;
export const recordHeadBytes = 24;
export const liveMagic = 0x26011999;

/** Data that stands in a file under each id: nothing else may ever be said of it. */
export type Claims = Map<Id, Buffer[]>;

/** A file in the making, a copy of a good one: what mutators of files work on. */
export class FileDraft {
  readonly seed: SeedFile;
  readonly header: TdbHeader;
  bytes: Buffer;
  /** Where record headers stand, those that mutators made too. Some may lie past the end by now. */
  places: number[];
  /** The mutators that were here, for the report. */
  readonly applied: string[] = [];

  constructor(seed: SeedFile) {
    this.seed = seed;
    this.bytes = Buffer.from(seed.bytes);
    this.header = parseHeader(seed.bytes);
    this.places = [...seed.places];
  }

  /** 0 past the end. */
  u32(at: number): number {
    return at >= 0 && at + 4 <= this.bytes.length ? readU32(this.bytes, at) : 0;
  }

  /** Nothing past the end. */
  setU32(at: number, value: number): void {
    if (at >= 0 && at + 4 <= this.bytes.length) this.bytes.writeUInt32LE(value >>> 0, at);
  }

  /** A record's place as the file's own offsets name it. */
  link(at: number): number {
    return at - this.header.baseBytes;
  }

  headAt(bucket: number): number {
    return this.header.baseBytes + 168 + 4 + 4 * bucket;
  }

  bucketAt(at: number): number {
    return this.u32(at + recordFields.hash) % this.header.hashSize;
  }

  /** Writes a record's header with the hash of the key that stands behind it. */
  writeRecord(at: number, fields: { next: number; length: number; keyLength: number; dataLength: number }): void {
    const keyAt = at + recordHeadBytes;
    const canHash = keyAt + fields.keyLength <= this.bytes.length;
    this.setU32(at + recordFields.next, fields.next);
    this.setU32(at + recordFields.length, fields.length);
    this.setU32(at + recordFields.keyLength, fields.keyLength);
    this.setU32(at + recordFields.dataLength, fields.dataLength);
    this.setU32(at + recordFields.hash, canHash ? jenkinsHash(this.bytes, keyAt, fields.keyLength) : 0);
    this.setU32(at + recordFields.magic, liveMagic);
    this.places.push(at);
  }

  /** Puts bytes in, or with a negative count takes some out; what stands behind moves. */
  splice(at: number, takenBytes: number, added: Buffer): void {
    this.bytes = Buffer.concat([this.bytes.subarray(0, at), added, this.bytes.subarray(at + takenBytes)]);
    this.places = this.places.map((place) => (place < at ? place : place - takenBytes + added.length));
  }
}

/** What the bytes, as they stand, hold under each id at the places where records are known to be. */
export function claimsOf(kind: Kind, bytes: Buffer, places: readonly number[], claims: Claims = new Map()): Claims {
  for (const at of places) {
    if (at < 0 || at + recordHeadBytes > bytes.length) continue;
    const dataAt = at + recordHeadBytes + readU32(bytes, at + recordFields.keyLength);
    const id = dataAt > bytes.length ? undefined : idOf(kind, bytes.subarray(at + recordHeadBytes, dataAt));
    if (id === undefined) continue;
    addClaim(claims, id, bytes.subarray(dataAt, dataAt + readU32(bytes, at + recordFields.dataLength)));
  }
  return claims;
}

function addClaim(claims: Claims, id: Id, data: Buffer): void {
  const known = claims.get(id);
  if (known === undefined) claims.set(id, [data]);
  else if (!known.some((one) => one.equals(data))) known.push(data);
}

export function addClaims(claims: Claims, more: ReadonlyMap<Id, readonly Buffer[]>): void {
  for (const [id, datas] of more) for (const data of datas) addClaim(claims, id, data);
}
