import { DecodeError, readU32be } from '../bytes/index.ts';
import { NdrCursor } from '../ndr/index.ts';
import { type Layout, layouts } from './layouts.ts';

/** Reads one struct from the window that the cursor stands on, in the given layout. */
export type StructDecoder<V> = (cursor: NdrCursor, layout: Layout, key: number) => V;

interface RecordBytes {
  readonly key: number;
  readonly bytes: Buffer;
  readonly dataAt: number;
  readonly dataEnd: number;
}

/** `dbwrap_watch.c`: a watched record begins with the number of its watchers, 32 bytes each. */
const watcherBytes = 32;

/**
 * Decodes the records of one `smbXsrv_*_global.tdb` and finds out from the bytes which layout they have: the one that
 * consumes most of them exactly, the newest of several that do.
 */
export class LayoutDecoder<V> {
  private readonly decodeStruct: StructDecoder<V>;
  private readonly isWatched: boolean;
  private readonly cursor = new NdrCursor(Buffer.alloc(0));
  private layout: Layout | undefined;
  /** How far the layout that came farthest read a record, and what it met there. */
  private nearestBytes = -1;
  private finding = 'no record was seen';
  /** Every layout that reads the records as well as the one in use, newest first; empty before the first record. */
  fitting: readonly Layout[] = [];

  /** @param isWatched whether a dbwrap_watch header stands before each record */
  constructor(decodeStruct: StructDecoder<V>, isWatched = false) {
    this.decodeStruct = decodeStruct;
    this.isWatched = isWatched;
  }

  get isSettled(): boolean {
    return this.layout !== undefined;
  }

  /** Keys are 4 bytes, big-endian. Others, as the 32 of the replay cache since 4.23, are no records of this struct. */
  keyOf(bytes: Buffer, keyAt: number, lengthBytes: number): number | undefined {
    return lengthBytes === 4 ? readU32be(bytes, keyAt) : undefined;
  }

  keyBytes(key: number): Buffer {
    return Buffer.from([key >>> 24, (key >>> 16) & 0xff, (key >>> 8) & 0xff, key & 0xff]);
  }

  choose(records: readonly RecordBytes[]): boolean {
    this.nearestBytes = -1;
    const counts = layouts.map((layout) => records.filter((record) => this.reads(record, layout)).length);
    const most = Math.max(...counts);
    if (most === 0) return false;
    this.fitting = layouts.filter((_, i) => counts[i] === most);
    if (this.layout !== undefined && this.fitting.includes(this.layout)) return false;
    this.layout = this.fitting[0];
    return true;
  }

  unknownLayout(): DecodeError {
    this.layout = undefined;
    this.fitting = [];
    return new DecodeError('RECORD_LAYOUT_UNKNOWN', `no known layout reads a record; the nearest: ${this.finding}`, 0);
  }

  decode(bytes: Buffer, dataAt: number, dataEnd: number, key: number): V {
    if (this.layout === undefined) throw this.unknownLayout();
    return this.decodeAs(this.layout, bytes, dataAt, dataEnd, key);
  }

  /** Whether a layout reads a record whole. */
  private reads(record: RecordBytes, layout: Layout): boolean {
    try {
      this.decodeAs(layout, record.bytes, record.dataAt, record.dataEnd, record.key);
      return true;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      if (error.offsetBytes > this.nearestBytes) {
        this.nearestBytes = error.offsetBytes;
        this.finding = `as ${layout.since} ${error.code}, ${error.message}`;
      }
      return false;
    }
  }

  private decodeAs(layout: Layout, bytes: Buffer, dataAt: number, dataEnd: number, key: number): V {
    const cursor = this.cursor.reset(bytes, dataAt, dataEnd);
    if (this.isWatched) {
      const headBytes = 4 + watcherBytes * cursor.u32();
      if (headBytes > dataEnd - dataAt) cursor.fail('NDR_BAD_COUNT', 'more watchers than the record can hold');
      cursor.reset(bytes, dataAt + headBytes, dataEnd);
    }
    const value = this.decodeStruct(cursor, layout, key);
    if (cursor.remainingBytes !== 0) {
      cursor.fail('RECORD_TRAILING_BYTES', `${cursor.remainingBytes} bytes after the last field`);
    }
    return value;
  }
}
