import { DecodeError, readU32, readU32be } from '../../../src/samba/bytes/index.ts';
import { NdrCursor } from '../../../src/samba/ndr/index.ts';
import {
  decodeOpenGlobal,
  decodeSessionGlobal,
  decodeTconGlobal,
  type Layout,
  LayoutDecoder,
} from '../../../src/samba/records/index.ts';
import { parseHeader } from '../../../src/samba/tdb/header.ts';
import { recordPlace } from '../../../src/samba/tdb/record.ts';
import { walkRecords } from '../../../src/samba/tdb/walk.ts';
import { tdbImage } from '../tdb/index.ts';

type Decode = (cursor: NdrCursor, layout: Layout, key: number) => unknown;

/** The files of a server that say who is there, and how each of their records is read. */
const databases = {
  'smbXsrv_open_global.tdb': { decode: decodeOpenGlobal as Decode, isWatched: false },
  'smbXsrv_tcon_global.tdb': { decode: decodeTconGlobal as Decode, isWatched: false },
  'smbXsrv_session_global.tdb': { decode: decodeSessionGlobal as Decode, isWatched: true },
} as const;

export type DatabaseName = keyof typeof databases;

/** In the order in which they are to be copied: sessions last, as what they own was there before them. */
export const databaseNames = Object.keys(databases) as readonly DatabaseName[];

/** `dbwrap_watch.c`: a count, and 32 bytes for each watcher, stand before a watched record. */
const watchHeadBytes = 4;
const watcherBytes = 32;

/**
 * A fresh file with the live records of `bytes` and nothing else, each blob in them zeroed: every key that Samba stores
 * in these files (signing, encryption, decryption, application, channel and session keys) is one, and free space and
 * dead records, which hold the keys of former sessions, are left behind. So are records of another kind, which no
 * decoder of ours steps through.
 *
 * @throws DecodeError where the file is torn, or a record is of no known layout: what can't be read can't be scrubbed
 */
export function scrubDatabase(name: DatabaseName, bytes: Buffer): Buffer {
  const scrubbed = visitBlobs(name, bytes, (blob) => blob.fill(0));
  const records = scrubbed.map(({ keyBytes, data }) => [keyBytes, data] as const);
  return tdbImage(records, { hashSize: parseHeader(bytes).hashSize, slackBytes: 0 }).bytes;
}

/** What stands in the blobs of the records: keys, or the zeros that they were overwritten with. */
export function blobsOf(name: DatabaseName, bytes: Buffer): Buffer[] {
  const blobs: Buffer[] = [];
  visitBlobs(name, bytes, (blob) => blobs.push(blob));
  return blobs;
}

/** The records of a file that holds still, and a decoder that has found their layout. */
export function readDatabase(name: DatabaseName, bytes: Buffer) {
  const { decode, isWatched } = databases[name];
  const records = readRecords(bytes);
  const decoder = new LayoutDecoder<unknown>(decode, isWatched);
  decoder.choose(records.map(({ key, data }) => ({ key, bytes: data, dataAt: 0, dataEnd: data.length })));
  return { records, decoder };
}

/** Returns the records; what is done to a blob is done to its record. */
function visitBlobs(name: DatabaseName, bytes: Buffer, visit: (blob: Buffer) => void): readonly Record[] {
  const { decode, isWatched } = databases[name];
  const { records, decoder } = readDatabase(name, bytes);
  const [layout] = decoder.fitting;
  for (const { key, data } of records) {
    if (layout === undefined) throw decoder.unknownLayout();
    const start = isWatched ? watchHeadBytes + watcherBytes * readU32(data, 0) : 0;
    const cursor = new BlobCursor(data.subarray(start), visit);
    decode(cursor, layout, key);
    if (cursor.remainingBytes !== 0) cursor.fail('RECORD_TRAILING_BYTES', `record ${key} is longer than it says`);
  }
  return records;
}

/** Shows each blob that it steps over. Its window is the whole of its bytes. */
class BlobCursor extends NdrCursor {
  private readonly window: Buffer;
  private readonly visit: (blob: Buffer) => void;

  constructor(window: Buffer, visit: (blob: Buffer) => void) {
    super(window);
    this.window = window;
    this.visit = visit;
  }

  override skipBlob(): void {
    const lengthBytes = this.uint32();
    const at = this.offsetBytes;
    this.skip(lengthBytes);
    this.visit(this.window.subarray(at, at + lengthBytes));
  }
}

interface Record {
  readonly keyBytes: Buffer;
  readonly key: number;
  /** A copy. */
  readonly data: Buffer;
}

/** The live records of a file that holds still. */
function readRecords(bytes: Buffer): Record[] {
  const records = new Map<number, Record>();
  const stuckAt = walkRecords(bytes, parseHeader(bytes), (at) => {
    const { keyAt, dataAt, dataEnd } = recordPlace(bytes, at);
    if (dataAt - keyAt !== 4) return;
    const key = readU32be(bytes, keyAt);
    if (records.has(key)) throw new DecodeError('TDB_BAD_CHAIN', `record ${key} stands twice: it is being moved`, at);
    const keyBytes = Buffer.from(bytes.subarray(keyAt, dataAt));
    records.set(key, { keyBytes, key, data: Buffer.from(bytes.subarray(dataAt, dataEnd)) });
  });
  if (stuckAt !== null) throw new DecodeError('TDB_BAD_CHAIN', 'no record stands here: it is being written', stuckAt);
  return [...records.values()];
}
