import type { DecodeError } from '../bytes/index.ts';
import { parseHeader, type TdbHeader } from './header.ts';
import { recordPlace } from './record.ts';
import { walkRecords } from './walk.ts';

/** One record of a pass and what it was decoded to, once it has been. */
export interface Entry<K, V> {
  readonly key: K;
  /** Place of the record in the pass's bytes, header to last byte of data; -1 where it is not in them. */
  readonly at: number;
  readonly dataAt: number;
  readonly dataEnd: number;
  /** Whether its bytes have been read twice alike, and whether its chain was seen to lead to it besides. */
  standing: 'new' | 'repeated' | 'settled';
  value: V | undefined;
  /** Why the bytes as they stand do not decode; `value` is then what the record was before, if anything. */
  problem: DecodeError | undefined;
}

/** A record's bytes, lent for the length of a call. */
export interface RawRecord<K> {
  readonly key: K;
  readonly bytes: Buffer;
  readonly dataAt: number;
  readonly dataEnd: number;
}

/** What one reading of a whole file showed. */
export interface Pass<K, V> {
  readonly bytes: Buffer;
  readonly header: TdbHeader;
  readonly entries: Map<K, Entry<K, V>>;
  /** Records that are not settled: their bytes were not the same, at the same place, when one was last sure of them. */
  readonly fresh: Entry<K, V>[];
  /** Keys that stood in the file twice: a record was being moved. */
  readonly doubled: K[];
  /** Where the walk met bytes that are no record, or null. */
  readonly stuckAt: number | null;
}

/** The key of a record, or undefined for a record of another kind, which is passed over. */
export type KeyOf<K> = (bytes: Buffer, keyAt: number, lengthBytes: number) => K | undefined;

/**
 * Walks a file's bytes and tells what is fresh against the pass before.
 *
 * @throws DecodeError as `parseHeader` does
 */
export function makePass<K, V>(bytes: Buffer, keyOf: KeyOf<K>, before: Pass<K, V> | undefined): Pass<K, V> {
  const header = parseHeader(bytes);
  const entries = new Map<K, Entry<K, V>>();
  const fresh: Entry<K, V>[] = [];
  const doubled: K[] = [];
  const stuckAt = walkRecords(bytes, header, (at) => {
    const place = recordPlace(bytes, at);
    const key = keyOf(bytes, place.keyAt, place.dataAt - place.keyAt);
    if (key === undefined) return;
    if (entries.has(key)) doubled.push(key);
    const known = before?.entries.get(key);
    if (known !== undefined && isUnchanged(known, bytes, place.at, place.dataEnd, before!.bytes)) {
      entries.set(key, known);
      if (known.standing === 'settled') return;
      known.standing = 'repeated';
      fresh.push(known);
      return;
    }
    const entry: Entry<K, V> = {
      key,
      at,
      dataAt: place.dataAt,
      dataEnd: place.dataEnd,
      standing: 'new',
      value: undefined,
      problem: undefined,
    };
    entries.set(key, entry);
    fresh.push(entry);
  });
  return { bytes, header, entries, fresh, doubled, stuckAt };
}

function isUnchanged<K, V>(known: Entry<K, V>, bytes: Buffer, at: number, end: number, before: Buffer): boolean {
  // The link to the next record (the first 4 bytes) changes when a neighbour goes; that is none of this record's.
  return known.at === at && known.dataEnd === end && bytes.compare(before, at + 4, end, at + 4, end) === 0;
}

/** Up to `size` records of a pass, spread evenly over the entries given. */
export function sample<K, V>(pass: Pass<K, V>, entries: Iterable<Entry<K, V>>, size: number): RawRecord<K>[] {
  const all = [...entries];
  const step = Math.max(1, all.length / size);
  const picked: RawRecord<K>[] = [];
  for (let i = 0; i < all.length; i += step) picked.push({ ...all[Math.floor(i)]!, bytes: pass.bytes });
  return picked;
}
