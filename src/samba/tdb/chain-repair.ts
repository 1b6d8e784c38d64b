import { DecodeError } from '../bytes/index.ts';
import { ChainReader, type ChainRecord } from './chain.ts';
import type { TdbFile } from './file.ts';
import { jenkinsHash } from './jenkins-hash.ts';
import type { Pass } from './pass.ts';
import { recordPlace } from './record.ts';
import type { RecordDecoder, TableProblem, TableStats } from './table-types.ts';

/** Past this many chains that never hold still, the file is broken, not busy. */
const maxBadChains = 8;
/** How often, in one refresh, a record that does not decode is waited for. */
const maxWaits = 20;
const waitMs = 1;

/** Decodes one record, or says why it can't be. */
export type TryDecode<K, V> = (bytes: Buffer, dataAt: number, dataEnd: number, key: K) => V | DecodeError;

/** What a repair works on. */
export interface Doubts<K, V> {
  readonly file: TdbFile;
  /** Is changed to what the chains say. */
  readonly pass: Pass<K, V>;
  /** The pass that the refresh began from. */
  readonly before: Pass<K, V> | undefined;
  readonly suspects: ReadonlySet<K>;
  readonly decoder: RecordDecoder<K, V>;
  readonly decode: TryDecode<K, V>;
  readonly stats: TableStats;
}

/**
 * Reads the chains of the suspects again and lets them say what is there; all chains, where the walk over the file could
 * not go on. Where a chain can't be read whole, a record of it that is read twice alike counts all the same, and one that
 * was known stays as it was.
 *
 * @returns the chains that could not be read
 */
export function repairFromChains<K, V>(doubts: Doubts<K, V>): TableProblem<K>[] {
  const { file, pass, before, suspects, decoder, stats } = doubts;
  const problems: TableProblem<K>[] = [];
  const unasked = new Set(suspects);
  const byBucket = Map.groupBy(suspects, (key) => bucketOf(key, decoder, pass));
  const buckets = pass.stuckAt === null ? byBucket.keys() : Array(pass.header.hashSize).keys();
  let waits = maxWaits;
  using chains = new ChainReader(file, pass.header);
  for (const bucket of buckets) {
    const inBucket = byBucket.get(bucket) ?? [];
    let chain: readonly ChainRecord[] | null;
    do {
      stats.chainsReread++;
      chain = chains.read(bucket);
      // A record can stand half changed for as long as its smbd is kept from the processor.
    } while (chain !== null && !takeChain(doubts, chain, inBucket) && waits-- > 0 && sleep());
    if (chain === null) {
      problems.push({ code: 'TDB_BAD_CHAIN', message: `hash chain ${bucket} can't be read whole`, key: null });
      if (problems.length === maxBadChains) break;
    } else {
      for (const key of inBucket) unasked.delete(key);
    }
  }
  for (const key of unasked) {
    const seen = pass.entries.get(key);
    if (seen !== undefined && seen.at >= 0 && file.holdsPart(pass.bytes, seen.at + 4, seen.dataEnd)) continue;
    const known = before?.entries.get(key);
    if (known !== undefined) pass.entries.set(key, { ...known, at: -1 });
    else if (seen !== undefined) pass.entries.set(key, { ...seen, at: -1, value: undefined, problem: unsettled() });
  }
  return problems;
}

/** @returns whether each of the suspects that the chain holds could be decoded */
function takeChain<K, V>(
  { pass, decoder, decode, stats }: Doubts<K, V>,
  chain: readonly ChainRecord[],
  suspects: readonly K[],
): boolean {
  const unseen = new Set(suspects);
  let areWhole = true;
  for (const { bytes, fileAt } of chain) {
    const place = recordPlace(bytes, 0);
    const key = decoder.keyOf(bytes, place.keyAt, place.dataAt - place.keyAt);
    if (key === undefined || (!unseen.delete(key) && pass.entries.has(key))) continue;
    if (!pass.entries.has(key)) stats.confirmed++;
    const result = decode(bytes, place.dataAt, place.dataEnd, key);
    // The pass keeps the bytes that the value came from: the next one compares against them.
    const isInside = fileAt + place.dataEnd <= pass.bytes.length;
    if (isInside) bytes.copy(pass.bytes, fileAt);
    const isDecoded = !(result instanceof DecodeError);
    areWhole &&= isDecoded;
    pass.entries.set(key, {
      key,
      at: isInside ? fileAt : -1,
      dataAt: fileAt + place.dataAt,
      dataEnd: fileAt + place.dataEnd,
      standing: 'settled',
      value: isDecoded ? result : undefined,
      problem: isDecoded ? undefined : result,
    });
  }
  for (const key of unseen) pass.entries.delete(key);
  return areWhole;
}

function bucketOf<K, V>(key: K, decoder: RecordDecoder<K, V>, { header }: Pass<K, V>): number {
  const bytes = decoder.keyBytes(key);
  return jenkinsHash(bytes, 0, bytes.length) % header.hashSize;
}

/** The problem of a record that was seen in one reading, in no other, and not before. */
function unsettled(): DecodeError {
  return new DecodeError('TDB_BAD_CHAIN', 'the record does not hold still, and its chain can not be read whole', 0);
}

const nothing = new Int32Array(new SharedArrayBuffer(4));

/** Lets an smbd that was caught in the middle of a write get on with it. */
function sleep(): true {
  Atomics.wait(nothing, 0, 0, waitMs);
  return true;
}
