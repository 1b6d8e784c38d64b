import { readU32be } from '../bytes/index.ts';
import { LayoutFinder, type StructReader } from './layout-finder.ts';
import { type Layout, layouts } from './layouts.ts';

/** Reads one struct from the window that the cursor stands on, in the given layout. */
export type StructDecoder<V> = StructReader<number, V, Layout>;

/** Decodes the records of one `smbXsrv_*_global.tdb`, in the layout that is found from them. */
export class LayoutDecoder<V> extends LayoutFinder<number, V, Layout> {
  /** @param isWatched whether a dbwrap_watch header stands before each record */
  constructor(decodeStruct: StructDecoder<V>, isWatched = false) {
    super(layouts, decodeStruct, isWatched);
  }

  /** Keys are 4 bytes, big-endian. Others, as the 32 of the replay cache since 4.23, are no records of this struct. */
  keyOf(bytes: Buffer, keyAt: number, lengthBytes: number): number | undefined {
    return lengthBytes === 4 ? readU32be(bytes, keyAt) : undefined;
  }

  keyBytes(key: number): Buffer {
    return Buffer.from([key >>> 24, (key >>> 16) & 0xff, (key >>> 8) & 0xff, key & 0xff]);
  }
}
