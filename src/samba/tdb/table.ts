import { DecodeError } from '../bytes/index.ts';
import { ChainReader, type ChainRecord } from './chain.ts';
import { BufferPool, TdbFile } from './file.ts';
import { jenkinsHash } from './jenkins-hash.ts';
import { type Entry, makePass, type Pass } from './pass.ts';
import { recordPlace } from './record.ts';
import type { RawRecord, RecordDecoder, TableProblem, TableState, TableStats } from './table-types.ts';

/** From this many fresh records on, a second whole pass is cheaper than reading each of them again. */
const bulk = 256;
const maxPasses = 4;
/** Past this many chains that never hold still, the file is broken, not busy. */
const maxBadChains = 8;
/** So many records, spread over the file, tell the layout. */
const sampleSize = 16;

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
  private readonly pool = new BufferPool();
  private last: Pass<K, V> | undefined;
  private problems: readonly TableProblem<K>[] = [];

  constructor(path: string, decoder: RecordDecoder<K, V>) {
    this.path = path;
    this.decoder = decoder;
  }

  /**
   * @throws DecodeError where the file is no TDB that can be read, TDB_TRUNCATED also while smbd starts;
   * RECORD_LAYOUT_UNKNOWN where it holds records and none can be decoded
   * @throws the system's error where it can't be opened or read
   */
  refresh(): TableState<K, V> {
    using file = new TdbFile(this.path);
    const stats: TableStats = { bytesRead: 0, decoded: 0, chainsReread: 0, confirmed: 0 };
    const before = this.last;
    const suspects = new Set<K>();
    if (before?.stuckAt === null && file.holds(before.bytes)) {
      stats.bytesRead = before.bytes.length;
      return { records: before.entries, problems: this.problems, stats };
    }
    let pass = this.readPass(file, stats);
    for (let passes = 1; passes < maxPasses && (pass.stuckAt !== null || !this.chooseLayout(pass)); passes++) {
      pass = this.readPass(file, stats);
    }
    if (!this.chooseLayout(pass)) this.giveUp();
    addMissing(before, pass, suspects);
    pass = this.confirmFresh(file, pass, suspects, stats);
    for (const key of pass.doubled) suspects.add(key);
    this.decodeAll(pass, stats, (entry) => suspects.add(entry.key));
    const problems = this.repair(file, pass, suspects, stats);
    this.settle(pass, stats, problems);
    this.problems = problems;
    return { records: pass.entries, problems, stats };
  }

  /** Forgets all and overwrites the buffers. */
  [Symbol.dispose](): void {
    if (this.last !== undefined) this.pool.give(this.last.bytes);
    this.last = undefined;
    this.pool.clear();
  }

  /** Reads the file once; the result is the last pass from now on. */
  private readPass(file: TdbFile, stats: TableStats): Pass<K, V> {
    const bytes = file.readWhole(this.pool);
    stats.bytesRead += bytes.length;
    const before = this.last;
    try {
      this.last = makePass(bytes, this.decoder.keyOf, before);
    } catch (error) {
      this.pool.give(bytes);
      throw error;
    }
    if (before !== undefined) this.pool.give(before.bytes);
    return this.last;
  }

  /** Lets the decoder see records where it has not settled on a layout. True unless it found none for them. */
  private chooseLayout(pass: Pass<K, V>): boolean {
    if (this.decoder.isSettled || pass.entries.size === 0) return true;
    this.decoder.choose(sample(pass, pass.entries.values()));
    return this.decoder.isSettled;
  }

  /** Reads what is fresh a second time; what differs then becomes a suspect. */
  private confirmFresh(file: TdbFile, pass: Pass<K, V>, suspects: Set<K>, stats: TableStats): Pass<K, V> {
    let fresh = pass.fresh;
    if (fresh.length > bulk) {
      stats.bytesRead += pass.bytes.length;
      if (file.holds(pass.bytes)) return pass;
      const second = this.readPass(file, stats);
      addMissing(pass, second, suspects);
      pass = second;
      fresh = second.fresh;
    }
    for (const entry of fresh) if (!readsAlike(file, pass, entry)) suspects.add(entry.key);
    return pass;
  }

  private decodeAll(pass: Pass<K, V>, stats: TableStats, onFailure: (entry: Entry<K, V>, error: DecodeError) => void) {
    for (const entry of pass.entries.values()) {
      if (entry.value !== undefined || entry.at < 0) continue;
      const result = this.decode(pass.bytes, entry.dataAt, entry.dataEnd, entry.key, stats);
      if (result instanceof DecodeError) onFailure(entry, result);
      else entry.value = result;
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
    const chains = new ChainReader(file, pass.header);
    const byBucket = Map.groupBy(suspects, (key) => this.bucketOf(key, pass));
    const buckets = pass.stuckAt === null ? byBucket.keys() : Array(pass.header.hashSize).keys();
    for (const bucket of buckets) {
      stats.chainsReread++;
      const chain = chains.read(bucket);
      if (chain !== null) {
        this.takeChain(pass, chain, byBucket.get(bucket) ?? [], stats);
        continue;
      }
      problems.push({ code: 'TDB_BAD_CHAIN', message: `hash chain ${bucket} can't be read whole`, key: null });
      if (problems.length === maxBadChains) break;
    }
    return problems;
  }

  private takeChain(pass: Pass<K, V>, chain: readonly ChainRecord[], suspects: readonly K[], stats: TableStats): void {
    const unseen = new Set(suspects);
    for (const { bytes, fileAt } of chain) {
      const place = recordPlace(bytes, 0);
      const key = this.decoder.keyOf(bytes, place.keyAt, place.dataAt - place.keyAt);
      if (key === undefined || (!unseen.delete(key) && pass.entries.has(key))) continue;
      if (!pass.entries.has(key)) stats.confirmed++;
      const result = this.decode(bytes, place.dataAt, place.dataEnd, key, stats);
      // The pass keeps the bytes that the value came from: the next one compares against them.
      const isInside = fileAt + place.dataEnd <= pass.bytes.length;
      if (isInside) bytes.copy(pass.bytes, fileAt);
      pass.entries.set(key, {
        key,
        at: isInside ? fileAt : -1,
        dataAt: fileAt + place.dataAt,
        dataEnd: fileAt + place.dataEnd,
        value: result instanceof DecodeError ? undefined : result,
      });
      bytes.fill(0);
    }
    for (const key of unseen) pass.entries.delete(key);
  }

  /** What still does not decode stands still: another layout reads it, or it is a problem of that record. */
  private settle(pass: Pass<K, V>, stats: TableStats, problems: TableProblem<K>[]): void {
    const failed = [...pass.entries.values()].filter((entry) => entry.value === undefined && entry.at >= 0);
    if (failed.length === 0) return;
    const others = pass.entries.values().take(sampleSize);
    if (this.decoder.choose(sample(pass, [...failed.slice(0, sampleSize), ...others]))) {
      for (const entry of pass.entries.values()) entry.value = undefined;
    }
    const problemsBefore = problems.length;
    this.decodeAll(pass, stats, ({ key }, { code, message }) => problems.push({ code, message, key }));
    if (problems.length - problemsBefore === pass.entries.size) this.giveUp();
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

function addMissing<K, V>(before: Pass<K, V> | undefined, pass: Pass<K, V>, suspects: Set<K>): void {
  if (before === undefined) return;
  for (const key of before.entries.keys()) if (!pass.entries.has(key)) suspects.add(key);
}

function readsAlike<K, V>(file: TdbFile, pass: Pass<K, V>, entry: Entry<K, V>): boolean {
  const lengthBytes = entry.dataEnd - entry.at;
  const again = Buffer.allocUnsafe(lengthBytes);
  const count = file.readAt(again, lengthBytes, entry.at);
  const isAlike = count === lengthBytes && again.compare(pass.bytes, entry.at + 4, entry.dataEnd, 4) === 0;
  again.fill(0);
  return isAlike;
}

/** Up to `sampleSize` records, spread evenly over those given. */
function sample<K, V>(pass: Pass<K, V>, entries: Iterable<Entry<K, V>>): RawRecord<K>[] {
  const all = [...entries];
  const step = Math.max(1, all.length / (2 * sampleSize));
  const picked: RawRecord<K>[] = [];
  for (let i = 0; i < all.length; i += step) picked.push({ ...all[Math.floor(i)]!, bytes: pass.bytes });
  return picked;
}
