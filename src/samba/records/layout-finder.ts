import { DecodeError } from '../bytes/index.ts';
import { NdrCursor } from '../ndr/index.ts';

/** A way in which a struct was packed, named by the first release that did so. */
export interface PackedSince {
  readonly since: string;
}

/** Reads one struct from the window that the cursor stands on, in the given layout. */
export type StructReader<K, V, L> = (cursor: NdrCursor, layout: L, key: K) => V;

interface RecordBytes<K> {
  readonly key: K;
  readonly bytes: Buffer;
  readonly dataAt: number;
  readonly dataEnd: number;
}

/** `dbwrap_watch.c`: a watched record begins with the number of its watchers, 32 bytes each. */
const watcherBytes = 32;

/**
 * Decodes the records of one file and finds out from the bytes which layout they have: the one that consumes most of them
 * exactly, the newest of several that do.
 */
export class LayoutFinder<K, V, L extends PackedSince> {
  private readonly layouts: readonly L[];
  private readonly decodeStruct: StructReader<K, V, L>;
  private readonly isWatched: boolean;
  private readonly cursor = new NdrCursor(Buffer.alloc(0));
  private layout: L | undefined;
  /** How far the layout that came farthest read a record, and what it met there. */
  private nearestBytes = -1;
  private finding = 'no record was seen';
  /** Every layout that reads the records as well as the one in use, newest first; empty before the first record. */
  fitting: readonly L[] = [];

  /**
   * @param layouts newest first
   * @param isWatched whether a dbwrap_watch header stands before each record
   */
  constructor(layouts: readonly L[], decodeStruct: StructReader<K, V, L>, isWatched: boolean) {
    this.layouts = layouts;
    this.decodeStruct = decodeStruct;
    this.isWatched = isWatched;
  }

  get isSettled(): boolean {
    return this.layout !== undefined;
  }

  choose(records: readonly RecordBytes<K>[]): boolean {
    this.nearestBytes = -1;
    const counts = this.layouts.map((layout) => records.filter((record) => this.reads(record, layout)).length);
    const most = Math.max(...counts);
    if (most === 0) return false;
    this.fitting = this.layouts.filter((_, i) => counts[i] === most);
    if (this.layout !== undefined && this.fitting.includes(this.layout)) return false;
    this.layout = this.fitting[0];
    return true;
  }

  unknownLayout(): DecodeError {
    this.layout = undefined;
    this.fitting = [];
    return new DecodeError('RECORD_LAYOUT_UNKNOWN', `no known layout reads a record; the nearest: ${this.finding}`, 0);
  }

  decode(bytes: Buffer, dataAt: number, dataEnd: number, key: K): V {
    if (this.layout === undefined) throw this.unknownLayout();
    return this.decodeAs(this.layout, bytes, dataAt, dataEnd, key);
  }

  /** Whether a layout reads a record whole. */
  private reads(record: RecordBytes<K>, layout: L): boolean {
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

  private decodeAs(layout: L, bytes: Buffer, dataAt: number, dataEnd: number, key: K): V {
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
