import { readU32 } from '../bytes/index.ts';
import type { TdbFile } from './file.ts';
import { chainHeadBytes, type TdbHeader } from './header.ts';
import { recordHeaderBytes, recordPlace, recordState } from './record.ts';

/** A record of a chain, in a small buffer of its own; `fileAt` is its header's place in the file. */
export interface ChainRecord {
  readonly bytes: Buffer;
  readonly fileAt: number;
}

const maxTries = 50;
/** Most records come with one read of this size. */
const guessBytes = 2048;
/** Session records reach some 200 KB with 1,024 channels; a longer length is torn. */
const maxRecordBytes = 16 * 1024 * 1024;
/** Bounds the work that a broken or hostile file can make in one refresh. */
const maxReads = 1_000_000;

/** Reads single hash chains with small preads, where a pass over the whole file leaves a doubt. */
export class ChainReader {
  private readonly file: TdbFile;
  private readonly header: TdbHeader;
  private readonly guess = Buffer.alloc(guessBytes);
  private reads = 0;

  constructor(file: TdbFile, header: TdbHeader) {
    this.file = file;
    this.header = header;
  }

  /**
   * Tries until the chain was seen whole and unchanged: each record twice alike, each in its chain, the end reached,
   * the head the same before and after.
   *
   * @returns its live records, or null where 50 tries did not find it whole
   */
  read(bucket: number): readonly ChainRecord[] | null {
    for (let tries = 0; tries < maxTries && this.reads < maxReads; tries++) {
      const records = this.readOnce(bucket);
      if (records !== null) return records;
    }
    return null;
  }

  private readOnce(bucket: number): ChainRecord[] | null {
    const headAt = this.header.baseBytes + chainHeadBytes(bucket);
    const head = this.readOffset(headAt);
    const records: ChainRecord[] = [];
    const visited = new Set<number>();
    for (let next = head; next !== 0; ) {
      if (next === null || next < this.header.dataStartBytes || visited.has(next)) return null;
      visited.add(next);
      const fileAt = this.header.baseBytes + next;
      const bytes = this.readRecord(fileAt);
      if (bytes === null) return null;
      const state = recordState(bytes, 0);
      if (state !== 'live' && state !== 'dead') return null;
      if (state === 'live') {
        const isOfChain = readU32(bytes, 16) % this.header.hashSize === bucket;
        if (!isOfChain || this.readRecord(fileAt)?.equals(bytes) !== true) return null;
        records.push({ bytes: bytes.subarray(0, recordPlace(bytes, 0).dataEnd), fileAt });
      }
      next = readU32(bytes, 0);
    }
    return this.readOffset(headAt) === head ? records : null;
  }

  private readOffset(at: number): number | null {
    return this.readAt(this.guess, 4, at) === 4 ? readU32(this.guess, 0) : null;
  }

  /** Header, key, data and slack of the record at an offset; null where the file ends before or the budget is spent. */
  private readRecord(fileAt: number): Buffer | null {
    const count = this.readAt(this.guess, guessBytes, fileAt);
    if (count < recordHeaderBytes) return null;
    const wholeBytes = recordHeaderBytes + readU32(this.guess, 4);
    if (wholeBytes > maxRecordBytes) return null;
    const record = Buffer.allocUnsafeSlow(wholeBytes);
    if (wholeBytes <= count) {
      this.guess.copy(record, 0, 0, wholeBytes);
      return record;
    }
    return this.readAt(record, wholeBytes, fileAt) === wholeBytes ? record : null;
  }

  private readAt(target: Buffer, lengthBytes: number, at: number): number {
    return ++this.reads > maxReads ? 0 : this.file.readAt(target, lengthBytes, at);
  }
}
