import { readU32 } from '../../src/samba/bytes/index.ts';
import { NdrCursor } from '../../src/samba/ndr/index.ts';
import {
  decodeOpenGlobal,
  decodeSessionGlobal,
  decodeTconGlobal,
  type Layout,
  LayoutDecoder,
  layouts,
  type OpenGlobal,
  type SessionGlobal,
  type TconGlobal,
} from '../../src/samba/records/index.ts';

/** A record of one of the three files, decoded. */
export type Value = SessionGlobal | TconGlobal | OpenGlobal;
export type Kind = 'session' | 'tcon' | 'open';

interface KindOf {
  readonly file: string;
  readonly isWatched: boolean;
  readonly decode: (cursor: NdrCursor, layout: Layout, key: number) => Value;
}

export const kinds: Readonly<Record<Kind, KindOf>> = {
  session: { file: 'smbXsrv_session_global.tdb', isWatched: true, decode: decodeSessionGlobal },
  tcon: { file: 'smbXsrv_tcon_global.tdb', isWatched: false, decode: decodeTconGlobal },
  open: { file: 'smbXsrv_open_global.tdb', isWatched: false, decode: decodeOpenGlobal },
};

export const kindNames: readonly Kind[] = ['session', 'tcon', 'open'];

export function makeDecoder(kind: Kind): LayoutDecoder<Value> {
  return new LayoutDecoder<Value>(kinds[kind].decode, kinds[kind].isWatched);
}

const cursor = new NdrCursor(Buffer.alloc(0));

/** All that a record's bytes can say under a key: one value for each layout that consumes them to the last byte. */
export function readingsOf(kind: Kind, key: number, data: Buffer): Value[] {
  const start = structAt(kind, data);
  if (start > data.length) return [];
  return layouts.flatMap((layout) => {
    try {
      const value = kinds[kind].decode(cursor.reset(data, start), layout, key);
      return cursor.remainingBytes === 0 ? [value] : [];
    } catch {
      return [];
    }
  });
}

/** Where, in bytes, the numbers stand that a layout reads out of a record. */
export function numbersIn(kind: Kind, layout: Layout, key: number, data: Buffer): number[] {
  const start = structAt(kind, data);
  const tracing = new TracingCursor(data, start);
  kinds[kind].decode(tracing, layout, key);
  return [...(start === 0 ? [] : [0]), ...tracing.places.map((at) => start + at)];
}

/** Behind the watchers. */
function structAt(kind: Kind, data: Buffer): number {
  if (!kinds[kind].isWatched) return 0;
  return data.length < 4 ? data.length + 1 : 4 + 32 * readU32(data, 0);
}

/** Remembers where it read a count, a pointer or another number of 32 bits. */
class TracingCursor extends NdrCursor {
  readonly places: number[] = [];

  override u32(): number {
    this.places.push(this.offsetBytes);
    return super.u32();
  }
}
