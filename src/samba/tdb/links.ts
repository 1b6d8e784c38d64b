import { readU32 } from '../bytes/index.ts';
import { chainHeadBytes } from './header.ts';
import type { Entry, Pass } from './pass.ts';
import { recordHeaderBytes } from './record.ts';

/**
 * The fresh records that no chain of the pass leads to. TDB writes a record first and links it last (`tdb_storev`), so one
 * without a link may be half of what it will be, and half of what stood there before: another record, to the last field.
 */
export function findUnlinked<K, V>(pass: Pass<K, V>): Entry<K, V>[] {
  const byBucket = Map.groupBy(pass.fresh, (entry) => bucketAt(pass, entry));
  const linked = new Set<number>();
  for (const bucket of byBucket.keys()) followChain(pass, bucket, linked);
  return pass.fresh.filter(({ at }) => !linked.has(at));
}

/** By its full_hash, which the walk has compared with the key. */
function bucketAt<K, V>({ bytes, header }: Pass<K, V>, { at }: Pick<Entry<K, V>, 'at'>): number {
  return readU32(bytes, at + 16) % header.hashSize;
}

function followChain<K, V>(pass: Pass<K, V>, bucket: number, linked: Set<number>): void {
  const { bytes, header } = pass;
  const { baseBytes, dataStartBytes } = header;
  let next = readU32(bytes, baseBytes + chainHeadBytes(bucket));
  while (next >= dataStartBytes && baseBytes + next + recordHeaderBytes <= bytes.length) {
    const at = baseBytes + next;
    // A loop, or a link that is older than what it leads to.
    if (linked.has(at) || bucketAt(pass, { at }) !== bucket) return;
    linked.add(at);
    next = readU32(bytes, at);
  }
}
