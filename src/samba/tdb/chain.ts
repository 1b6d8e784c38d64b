import { readU32 } from '../bytes/index.ts';
import type { TdbFile } from './file.ts';
import { chainHeadBytes, type TdbHeader } from './header.ts';
import { recordHeaderBytes, recordPlace, recordState } from './record.ts';
import { Copies, Scratch } from './scratch.ts';

/** A copy of a record of a chain; `fileAt` is its header's place in the file. */
export interface ChainRecord {
  readonly bytes: Buffer;
  readonly fileAt: number;
}

const maxTries = 50;
/** Most records come with one read of this size. */
const guessBytes = 2048;
/** Session records reach some 200 KB with 1,024 channels; a longer length is torn. */
const maxRecordBytes = 16 * 1024 * 1024;
/** Bounds the work that a broken or hostile file can make in one refresh: reads, each of up to `guessBytes`. */
const maxReads = 1_000_000;

/** Reads single hash chains with small preads, where a pass over the whole file leaves a doubt. */
export class ChainReader implements Disposable {
  private readonly file: TdbFile;
  private readonly header: TdbHeader;
  private readonly first = new Scratch();
  private readonly second = new Scratch();
  private readonly copies = new Copies();
  private reads = 0;

  constructor(file: TdbFile, header: TdbHeader) {
    this.file = file;
    this.header = header;
  }

  /**
   * Tries until the chain was seen whole and unchanged: each record twice alike, each in its chain, the end reached,
   * the head the same before and after.
   *
   * @returns its live records, good until the next call; null where 50 tries did not find it whole
   */
  read(bucket: number): readonly ChainRecord[] | null {
    for (let tries = 0; tries < maxTries && this.reads < maxReads; tries++) {
      this.copies.clear();
      const records = this.readOnce(bucket);
      if (records !== null) return records;
    }
    return null;
  }

  /** Overwrites all that was read: records hold keys. */
  [Symbol.dispose](): void {
    this.copies.clear();
    this.first.clear();
    this.second.clear();
  }

  private readOnce(bucket: number): ChainRecord[] | null {
    const headAt = this.header.baseBytes + chainHeadBytes(bucket);
    const head = this.readOffset(headAt);
    const records: ChainRecord[] = [];
    const visited = new Set<number>();
    let [sumBytes, endBytes] = [0, 0];
    for (let next = head; next !== 0; ) {
      if (next === null || next < this.header.dataStartBytes || visited.has(next)) return null;
      visited.add(next);
      const fileAt = this.header.baseBytes + next;
      const bytes = this.readRecord(this.first, fileAt);
      if (bytes === null) return null;
      // Records that lie over one another would make work and copies beyond the size of the file.
      sumBytes += bytes.length;
      endBytes = Math.max(endBytes, fileAt + bytes.length);
      if (sumBytes > endBytes) return null;
      const state = recordState(bytes, 0);
      if (state !== 'live' && state !== 'dead') return null;
      if (state === 'live') {
        const isOfChain = readU32(bytes, 16) % this.header.hashSize === bucket;
        if (!isOfChain || this.readRecord(this.second, fileAt)?.equals(bytes) !== true) return null;
        records.push({ bytes: this.copies.of(bytes.subarray(0, recordPlace(bytes, 0).dataEnd)), fileAt });
      }
      next = readU32(bytes, 0);
    }
    return this.readOffset(headAt) === head ? records : null;
  }

  private readOffset(at: number): number | null {
    const bytes = this.first.of(4);
    return this.readAt(bytes, 4, at) === 4 ? readU32(bytes, 0) : null;
  }

  /** Header, key, data and slack of the record at an offset; null where the file ends before or the budget is spent. */
  private readRecord(scratch: Scratch, fileAt: number): Buffer | null {
    const guess = scratch.of(guessBytes);
    const count = this.readAt(guess, guessBytes, fileAt);
    if (count < recordHeaderBytes) return null;
    const wholeBytes = recordHeaderBytes + readU32(guess, 4);
    if (wholeBytes <= count) return guess.subarray(0, wholeBytes);
    // Nothing is made room for that the file does not have.
    if (wholeBytes > maxRecordBytes || this.readAt(guess, 1, fileAt + wholeBytes - 1) !== 1) return null;
    const whole = scratch.of(wholeBytes);
    return this.readAt(whole, wholeBytes, fileAt) === wholeBytes ? whole.subarray(0, wholeBytes) : null;
  }

  private readAt(target: Buffer, lengthBytes: number, at: number): number {
    this.reads += Math.ceil(lengthBytes / guessBytes);
    return this.reads > maxReads ? 0 : this.file.readAt(target, lengthBytes, at);
  }
}
