import { readU32 } from '../../src/samba/bytes/index.ts';
import { NdrCursor } from '../../src/samba/ndr/index.ts';
import { byteRangeLockLayouts, decodeLocks } from '../../src/samba/records/byte-range-locks.ts';
import {
  ByteRangeLockDecoder,
  type ByteRangeLocks,
  decodeOpenGlobal,
  decodeSessionGlobal,
  decodeTconGlobal,
  LayoutDecoder,
  LeaseDecoder,
  type LeaseState,
  layouts,
  type OpenGlobal,
  type SessionGlobal,
  ShareModeDecoder,
  type ShareModes,
  type TconGlobal,
} from '../../src/samba/records/index.ts';
import type { LayoutFinder, PackedSince, StructReader } from '../../src/samba/records/layout-finder.ts';
import { decodeLease, leaseLayouts } from '../../src/samba/records/leases.ts';
import { shareModeLayouts } from '../../src/samba/records/share-mode-layouts.ts';
import { decodeShareModes } from '../../src/samba/records/share-modes.ts';
import type { RecordDecoder } from '../../src/samba/tdb/index.ts';

/** A record of one of the files, decoded. */
export type Value = SessionGlobal | TconGlobal | OpenGlobal | ShareModes | readonly ByteRangeLocks[] | LeaseState;
/** A record's key, decoded. */
export type Id = number | string;
export type SessionKind = 'session' | 'tcon' | 'open';
export type FileKind = 'modes' | 'locks' | 'lease';
export type Kind = SessionKind | FileKind;
export type Decoder = RecordDecoder<Id, Value> & Pick<LayoutFinder<Id, Value, PackedSince>, 'fitting'>;

type Decode = StructReader<Id, Value, PackedSince>;

interface KindOf {
  readonly file: string;
  readonly isWatched: boolean;
  readonly layouts: readonly PackedSince[];
  readonly decode: Decode;
  readonly make: () => Decoder;
}

/** One that takes its own layouts and ids, as one that takes any: it is only given what is its own. */
function kind<K extends Id, V extends Value, L extends PackedSince>(
  file: string,
  own: readonly L[],
  decode: StructReader<K, V, L>,
  make: () => RecordDecoder<K, V> & Pick<LayoutFinder<K, V, L>, 'fitting'>,
  isWatched = false,
): KindOf {
  return { file, isWatched, layouts: own, decode: decode as unknown as Decode, make: make as unknown as () => Decoder };
}

export const kinds: Readonly<Record<Kind, KindOf>> = {
  session: kind(
    'smbXsrv_session_global.tdb',
    layouts,
    decodeSessionGlobal,
    () => new LayoutDecoder(decodeSessionGlobal, true),
    true,
  ),
  tcon: kind('smbXsrv_tcon_global.tdb', layouts, decodeTconGlobal, () => new LayoutDecoder(decodeTconGlobal)),
  open: kind('smbXsrv_open_global.tdb', layouts, decodeOpenGlobal, () => new LayoutDecoder(decodeOpenGlobal)),
  modes: kind('locking.tdb', shareModeLayouts, decodeShareModes, () => new ShareModeDecoder()),
  locks: kind('brlock.tdb', byteRangeLockLayouts, decodeLocks, () => new ByteRangeLockDecoder()),
  lease: kind('leases.tdb', leaseLayouts, decodeLease, () => new LeaseDecoder()),
};

export const sessionKinds: readonly SessionKind[] = ['session', 'tcon', 'open'];
export const fileKinds: readonly FileKind[] = ['modes', 'locks', 'lease'];
export const kindNames: readonly Kind[] = [...sessionKinds, ...fileKinds];

export function makeDecoder(name: Kind): Decoder {
  return kinds[name].make();
}

const decoders = new Map(kindNames.map((name) => [name, makeDecoder(name)]));

/** What a key stands for; undefined where it is of no record of this kind. */
export function idOf(name: Kind, key: Buffer): Id | undefined {
  return decoders.get(name)!.keyOf(key, 0, key.length);
}

const cursor = new NdrCursor(Buffer.alloc(0));

/** All that a record's bytes can say under a key: one value for each layout that consumes them to the last byte. */
export function readingsOf(name: Kind, key: Id, data: Buffer): Value[] {
  const start = structAt(name, data);
  if (start > data.length) return [];
  return kinds[name].layouts.flatMap((layout) => {
    try {
      const value = kinds[name].decode(cursor.reset(data, start), layout, key);
      return cursor.remainingBytes === 0 ? [value] : [];
    } catch {
      return [];
    }
  });
}

/** Where, in bytes, the numbers stand that a layout reads out of a record. */
export function numbersIn(name: Kind, layout: PackedSince, key: Id, data: Buffer): number[] {
  const start = structAt(name, data);
  const tracing = new TracingCursor(data, start);
  kinds[name].decode(tracing, layout, key);
  return [...(start === 0 ? [] : [0]), ...tracing.places.map((at) => start + at)];
}

/** Behind the watchers. */
function structAt(name: Kind, data: Buffer): number {
  if (!kinds[name].isWatched) return 0;
  return data.length < 4 ? data.length + 1 : 4 + 32 * readU32(data, 0);
}

/** Remembers where it read a count, a pointer or another number of 32 bits. */
class TracingCursor extends NdrCursor {
  readonly places: number[] = [];
  /** Of the window, which some structs begin anew for each of their parts. */
  private startBytes = 0;

  override u32(): number {
    this.places.push(this.startBytes + this.offsetBytes);
    return super.u32();
  }

  override beginHere(): void {
    this.startBytes += this.offsetBytes;
    super.beginHere();
  }
}
