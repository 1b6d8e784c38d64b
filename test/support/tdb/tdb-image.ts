import { jenkinsHash } from '../../../src/samba/tdb/jenkins-hash.ts';

/** Options of a made TDB file. */
export interface TdbImageOptions {
  readonly hashSize?: number;
  /** A mutex area before the header, as Samba's volatile databases have. */
  readonly mutexBytes?: number;
  /** Unused bytes in each record, as TDB leaves them for growth. */
  readonly slackBytes?: number;
}

export interface TdbImage {
  readonly bytes: Buffer;
  /** Offsets of the records' headers in the file, in the order given. */
  readonly offsets: readonly number[];
}

const liveMagic = 0x26011999;

/** The key of a record in Samba's session files: the id, big-endian. */
export function idKey(id: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32BE(id);
  return key;
}

/** A whole TDB file with these records, linked in their chains, and one free block at its end. */
export function tdbImage(records: Iterable<readonly [Buffer, Buffer]>, options: TdbImageOptions = {}): TdbImage {
  const { hashSize = 131, mutexBytes = 0, slackBytes = 12 } = options;
  const header = makeHeader(hashSize, mutexBytes);
  const base = mutexBytes;
  const heads = new Map<number, number>();
  const parts: Buffer[] = [];
  const offsets: number[] = [];
  let at = 168 + 4 + 4 * hashSize;
  for (const [key, data] of records) {
    const lengthBytes = (key.length + data.length + slackBytes + 3) & ~3;
    const record = Buffer.alloc(24 + lengthBytes);
    const hash = jenkinsHash(key, 0, key.length);
    const bucket = hash % hashSize;
    const fields = [heads.get(bucket) ?? 0, lengthBytes, key.length, data.length, hash, liveMagic];
    fields.forEach((value, i) => {
      record.writeUInt32LE(value, 4 * i);
    });
    key.copy(record, 24);
    data.copy(record, 24 + key.length);
    heads.set(bucket, at);
    offsets.push(base + at);
    parts.push(record);
    at += record.length;
  }
  const free = Buffer.alloc(24 + 400);
  free.writeUInt32LE(400, 4);
  free.writeUInt32LE(~liveMagic >>> 0, 20);
  const tables = Buffer.alloc(4 + 4 * hashSize);
  for (const [bucket, offset] of heads) tables.writeUInt32LE(offset, 4 + 4 * bucket);
  const mutexes =
    mutexBytes === 0 ? [] : [Buffer.concat([header, tables]), Buffer.alloc(mutexBytes - header.length - tables.length)];
  return { bytes: Buffer.concat([...mutexes, header, tables, ...parts, free]), offsets };
}

function makeHeader(hashSize: number, mutexBytes: number): Buffer {
  const header = Buffer.alloc(168);
  header.write('TDB file\n', 'latin1');
  header.writeUInt32LE(0x2601196d, 32);
  header.writeUInt32LE(hashSize, 36);
  header.writeUInt32LE(mutexBytes === 0 ? 0xbad1a51 : 0xbad1a52, 40);
  header.writeUInt32LE(mutexBytes === 0 ? 0 : 1, 60);
  header.writeUInt32LE(mutexBytes, 64);
  return header;
}
