import { DecodeError } from '../bytes/index.ts';
import { repairFromChains, type TryDecode } from './chain-repair.ts';
import { BufferPool, TdbFile } from './file.ts';
import { findUnlinked } from './links.ts';
import { type Entry, makePass, type Pass, sample } from './pass.ts';
import { recordPlace } from './record.ts';
import type { RecordDecoder, TableProblem, TableState, TableStats } from './table-types.ts';

/** From this many fresh records on, a second whole pass is cheaper than reading each of them again. */
const bulk = 256;
const maxPasses = 4;
/** So many records, spread over the file, tell the layout. */
const sampleSize = 32;

/**
 * The records of one database file, read without a lock while smbd writes it.
 *
 * A refresh reads the whole file and walks it; keeps what it decoded of records whose bytes did not change; takes a
 * changed record only once it has been read twice alike and its chain leads to it; reads again the chain of each record
 * that looks torn or is doubled; and drops a record that it knew only when the record's own chain, read whole, lacks it.
 */
export class TdbTable<K, V> implements Disposable {
  private readonly path: string;
  private readonly decoder: RecordDecoder<K, V>;
  private readonly open: (path: string) => TdbFile;
  private readonly pool = new BufferPool();
  private last: Pass<K, V> | undefined;
  /** Whether the last refresh took every entry as its pass showed it, none from a chain. */
  private isPlain = false;
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
    const before = this.last;
    try {
      return this.refreshFrom(file, before);
    } catch (error) {
      // A pass that was not checked to its end must not be what the next refresh builds on.
      if (this.last !== before) this[Symbol.dispose]();
      throw error;
    }
  }

  private refreshFrom(file: TdbFile, before: Pass<K, V> | undefined): TableState<K, V> {
    const stats: TableStats = { bytesRead: 0, decoded: 0, anomalies: 0, chainsReread: 0, confirmed: 0 };
    if (before !== undefined && this.isPlain && file.holds(before.bytes)) {
      stats.bytesRead = before.bytes.length;
      return { records: before.entries, problems: this.problems, stats };
    }
    this.isPlain = false;
    const suspects = new Set<K>();
    let pass = this.nextPass(file, suspects, stats);
    for (let passes = 1; passes < maxPasses && (pass.stuckAt !== null || !this.chooseLayout(pass)); passes++) {
      pass = this.nextPass(file, suspects, stats);
    }
    if (!this.chooseLayout(pass)) this.giveUp();
    pass = this.confirmFresh(file, pass, before === undefined, suspects, stats);
    const known = suspects.size;
    for (const key of pass.doubled) suspects.add(key);
    for (const { key } of findUnlinked(pass)) suspects.add(key);
    for (const entry of pass.fresh) if (!suspects.has(entry.key)) entry.standing = 'settled';
    this.decodeAll(pass, stats);
    for (const entry of pass.entries.values()) if (entry.value === undefined && !entry.problem) suspects.add(entry.key);
    stats.anomalies += suspects.size - known + (pass.stuckAt === null ? 0 : 1);
    const { decoder } = this;
    const decode: TryDecode<K, V> = (bytes, dataAt, dataEnd, key) => this.decode(bytes, dataAt, dataEnd, key, stats);
    const problems = repairFromChains({ file, pass, before, suspects, decoder, decode, stats });
    this.settle(file, pass, before, stats, problems);
    this.problems = problems;
    this.isPlain = pass.stuckAt === null && suspects.size === 0;
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
    for (const entry of pass.fresh) {
      if (entry.standing !== 'new' || file.holdsPart(pass.bytes, entry.at + 4, entry.dataEnd)) continue;
      suspects.add(entry.key);
      stats.anomalies++;
    }
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

  /**
   * What still does not decode stands still: another layout reads it, or it is a problem of that record. Where the record
   * was known before, its former value stands meanwhile.
   */
  private settle(
    file: TdbFile,
    pass: Pass<K, V>,
    before: Pass<K, V> | undefined,
    stats: TableStats,
    problems: TableProblem<K>[],
  ): void {
    const entries = [...pass.entries.values()];
    if (entries.every(({ value, problem }) => value !== undefined && problem === undefined)) return;
    // Entries that a chain told of lie beyond the pass's bytes: they stay as they were read.
    const within = entries.filter(({ at }) => at >= 0);
    // Each has one voice, or few records of another layout would outvote the many that are read.
    const failed = within.filter(({ value }) => value === undefined);
    const others = within.filter(({ value }) => value !== undefined).slice(0, sampleSize / 2);
    if (
      failed.length > 0 &&
      this.decoder.choose(sample(pass, [...failed.slice(0, sampleSize / 2), ...others], sampleSize))
    ) {
      for (const entry of within) {
        const problem = this.stands(entry, pass, file) ? undefined : unsettled();
        Object.assign(entry, { value: undefined, problem });
      }
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

  /** Whether a record is where it was found: a chain that was read later may have laid another over it. */
  private stands({ key, at, dataAt, dataEnd }: Entry<K, V>, { bytes }: Pass<K, V>, file: TdbFile): boolean {
    const place = recordPlace(bytes, at);
    if (place.dataAt !== dataAt || place.dataEnd !== dataEnd) return false;
    return (
      this.decoder.keyOf(bytes, place.keyAt, dataAt - place.keyAt) === key && file.holdsPart(bytes, at + 4, dataEnd)
    );
  }

  private decodeAgain(entry: Entry<K, V>, pass: Pass<K, V>, stats: TableStats): DecodeError {
    const result = this.decode(pass.bytes, entry.dataAt, entry.dataEnd, entry.key, stats);
    return result instanceof DecodeError ? result : unsettled();
  }

  /** Not one record can be read: an error, never an empty list. */
  private giveUp(): never {
    this[Symbol.dispose]();
    throw this.decoder.unknownLayout();
  }
}

function unsettled(): DecodeError {
  return new DecodeError('RECORD_BAD_VALUE', 'a record did not hold still', 0);
}
