import { DecodeError } from '../bytes/index.ts';
import { ChainReader, type ChainRecord } from './chain.ts';
import { BufferPool, TdbFile } from './file.ts';
import { jenkinsHash } from './jenkins-hash.ts';
import { type Entry, makePass, type Pass, sample } from './pass.ts';
import { recordPlace } from './record.ts';
import type { RecordDecoder, TableProblem, TableState, TableStats } from './table-types.ts';

/** From this many fresh records on, a second whole pass is cheaper than reading each of them again. */
const bulk = 256;
const maxPasses = 4;
/** Past this many chains that never hold still, the file is broken, not busy. */
const maxBadChains = 8;
/** How often, in one refresh, a record that does not decode is waited for. */
const maxWaits = 20;
const waitMs = 1;
/** So many records, spread over the file, tell the layout. */
const sampleSize = 32;

/**
 * The records of one database file, read without a lock while smbd writes it.
 *
 * A refresh reads the whole file and walks it; keeps what it decoded of records whose bytes did not change; takes a
 * changed record only once it has been read twice alike; reads again the chain of each record that looks torn or is
 * doubled; and drops a record that it knew only when the record's own chain, read whole, lacks it.
 */
export class TdbTable<K, V> implements Disposable {
  private readonly path: string;
  private readonly decoder: RecordDecoder<K, V>;
  private readonly open: (path: string) => TdbFile;
  private readonly pool = new BufferPool();
  private last: Pass<K, V> | undefined;
  private problems: readonly TableProblem<K>[] = [];

  /** @param open how the file is opened for each refresh */
  constructor(path: string, decoder: RecordDecoder<K, V>, open = (file: string) => new TdbFile(file)) {
    this.path = path;
    this.decoder = decoder;
    this.open = open;
  }

  /**
   * @throws DecodeError where the file is no TDB that can be read, TDB_TRUNCATED also while smbd starts;
   * RECORD_LAYOUT_UNKNOWN where it holds records and none can be decoded
   * @throws the system's error where it can't be opened or read
   */
  refresh(): TableState<K, V> {
    using file = this.open(this.path);
    const stats: TableStats = { bytesRead: 0, decoded: 0, chainsReread: 0, confirmed: 0 };
    const before = this.last;
    if (before?.stuckAt === null && file.holds(before.bytes)) {
      stats.bytesRead = before.bytes.length;
      return { records: before.entries, problems: this.problems, stats };
    }
    const suspects = new Set<K>();
    let pass = this.nextPass(file, suspects, stats);
    for (let passes = 1; passes < maxPasses && (pass.stuckAt !== null || !this.chooseLayout(pass)); passes++) {
      pass = this.nextPass(file, suspects, stats);
    }
    if (!this.chooseLayout(pass)) this.giveUp();
    pass = this.confirmFresh(file, pass, before === undefined, suspects, stats);
    for (const key of pass.doubled) suspects.add(key);
    this.decodeAll(pass, stats);
    for (const entry of pass.entries.values()) if (entry.value === undefined && !entry.problem) suspects.add(entry.key);
    const problems = this.repair(file, pass, suspects, stats);
    this.settle(pass, before, stats, problems);
    this.problems = problems;
    return { records: pass.entries, problems, stats };
  }

  /** Forgets all and overwrites the buffers. */
  [Symbol.dispose](): void {
    if (this.last !== undefined) this.pool.give(this.last.bytes);
    this.last = undefined;
    this.pool.clear();
  }

  /** Reads the file once; the result is the last pass from now on. What it lacks of the former one is suspect. */
  private nextPass(file: TdbFile, suspects: Set<K>, stats: TableStats): Pass<K, V> {
    const bytes = file.readWhole(this.pool);
    stats.bytesRead += bytes.length;
    const former = this.last;
    try {
      this.last = makePass(bytes, this.decoder.keyOf, former);
    } catch (error) {
      this.pool.give(bytes);
      throw error;
    }
    if (former !== undefined) this.pool.give(former.bytes);
    for (const key of former?.entries.keys() ?? []) if (!this.last.entries.has(key)) suspects.add(key);
    return this.last;
  }

  /** Lets the decoder see records where it has not settled on a layout. True unless it found none for them. */
  private chooseLayout(pass: Pass<K, V>): boolean {
    if (this.decoder.isSettled || pass.entries.size === 0) return true;
    this.decoder.choose(sample(pass, pass.entries.values(), sampleSize));
    return this.decoder.isSettled;
  }

  /** Reads what is fresh a second time; what differs then becomes a suspect. */
  private confirmFresh(
    file: TdbFile,
    pass: Pass<K, V>,
    isFirst: boolean,
    suspects: Set<K>,
    stats: TableStats,
  ): Pass<K, V> {
    // Nothing is known before the first pass: only a second look at the whole can tell that a record was missed.
    if (isFirst || pass.fresh.length > bulk) {
      stats.bytesRead += pass.bytes.length;
      if (file.holds(pass.bytes)) return pass;
      pass = this.nextPass(file, suspects, stats);
    }
    for (const entry of pass.fresh)
      if (!file.holdsPart(pass.bytes, entry.at + 4, entry.dataEnd)) suspects.add(entry.key);
    return pass;
  }

  private decodeAll(pass: Pass<K, V>, stats: TableStats): void {
    for (const entry of pass.entries.values()) {
      if (entry.value !== undefined || entry.problem !== undefined || entry.at < 0) continue;
      const result = this.decode(pass.bytes, entry.dataAt, entry.dataEnd, entry.key, stats);
      if (!(result instanceof DecodeError)) entry.value = result;
    }
  }

  private decode(bytes: Buffer, dataAt: number, dataEnd: number, key: K, stats: TableStats): V | DecodeError {
    stats.decoded++;
    try {
      return this.decoder.decode(bytes, dataAt, dataEnd, key);
    } catch (error) {
      if (error instanceof DecodeError) return error;
      throw error;
    }
  }

  /** Reads the chains of the suspects again and lets them say what is there. */
  private repair(file: TdbFile, pass: Pass<K, V>, suspects: Set<K>, stats: TableStats): TableProblem<K>[] {
    const problems: TableProblem<K>[] = [];
    using chains = new ChainReader(file, pass.header);
    const byBucket = Map.groupBy(suspects, (key) => this.bucketOf(key, pass));
    const buckets = pass.stuckAt === null ? byBucket.keys() : Array(pass.header.hashSize).keys();
    let waits = maxWaits;
    for (const bucket of buckets) {
      const inBucket = byBucket.get(bucket) ?? [];
      let chain: readonly ChainRecord[] | null;
      do {
        stats.chainsReread++;
        chain = chains.read(bucket);
        // A record can stand half changed for as long as its smbd is kept from the processor.
      } while (chain !== null && !this.takeChain(pass, chain, inBucket, stats) && waits-- > 0 && sleep());
      if (chain !== null) continue;
      problems.push({ code: 'TDB_BAD_CHAIN', message: `hash chain ${bucket} can't be read whole`, key: null });
      if (problems.length === maxBadChains) break;
    }
    return problems;
  }

  /** @returns whether each of the suspects that the chain holds could be decoded */
  private takeChain(
    pass: Pass<K, V>,
    chain: readonly ChainRecord[],
    suspects: readonly K[],
    stats: TableStats,
  ): boolean {
    const unseen = new Set(suspects);
    let areWhole = true;
    for (const { bytes, fileAt } of chain) {
      const place = recordPlace(bytes, 0);
      const key = this.decoder.keyOf(bytes, place.keyAt, place.dataAt - place.keyAt);
      if (key === undefined || (!unseen.delete(key) && pass.entries.has(key))) continue;
      if (!pass.entries.has(key)) stats.confirmed++;
      const result = this.decode(bytes, place.dataAt, place.dataEnd, key, stats);
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
        value: isDecoded ? result : undefined,
        problem: isDecoded ? undefined : result,
      });
    }
    for (const key of unseen) pass.entries.delete(key);
    return areWhole;
  }

  /**
   * What still does not decode stands still: another layout reads it, or it is a problem of that record. Where the record
   * was known before, its former value stands meanwhile.
   */
  private settle(
    pass: Pass<K, V>,
    before: Pass<K, V> | undefined,
    stats: TableStats,
    problems: TableProblem<K>[],
  ): void {
    const entries = [...pass.entries.values()];
    if (entries.every(({ value, problem }) => value !== undefined && problem === undefined)) return;
    const failed = entries.filter(({ value, at }) => value === undefined && at >= 0);
    const others = entries.slice(0, sampleSize / 2);
    if (
      failed.length > 0 &&
      this.decoder.choose(sample(pass, [...failed.slice(0, sampleSize / 2), ...others], sampleSize))
    ) {
      for (const entry of entries) Object.assign(entry, { value: undefined, problem: undefined });
      this.decodeAll(pass, stats);
    }
    for (const entry of entries) {
      if (entry.value === undefined) {
        entry.problem ??= this.decodeAgain(entry, pass, stats);
        entry.value = before?.entries.get(entry.key)?.value;
      }
      if (entry.problem) problems.push({ code: entry.problem.code, message: entry.problem.message, key: entry.key });
    }
    const isUnreadable = entries.every(({ value }) => value === undefined);
    if (isUnreadable && (entries.length > 1 || before === undefined)) this.giveUp();
  }

  private decodeAgain(entry: Entry<K, V>, pass: Pass<K, V>, stats: TableStats): DecodeError {
    const result = this.decode(pass.bytes, entry.dataAt, entry.dataEnd, entry.key, stats);
    return result instanceof DecodeError
      ? result
      : new DecodeError('RECORD_BAD_VALUE', 'a record did not hold still', 0);
  }

  /** Not one record can be read: an error, never an empty list. */
  private giveUp(): never {
    this[Symbol.dispose]();
    throw this.decoder.unknownLayout();
  }

  private bucketOf(key: K, pass: Pass<K, V>): number {
    const bytes = this.decoder.keyBytes(key);
    return jenkinsHash(bytes, 0, bytes.length) % pass.header.hashSize;
  }
}

const nothing = new Int32Array(new SharedArrayBuffer(4));

/** Lets an smbd that was caught in the middle of a write get on with it. */
function sleep(): true {
  Atomics.wait(nothing, 0, 0, waitMs);
  return true;
}
