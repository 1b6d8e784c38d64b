import { type BufferPool, TdbFile } from '../../src/samba/tdb/file.ts';

/** What the file is for some reads. */
export interface FileState {
  readonly bytes: Buffer;
  /** How many reads see it; the last state stays. Default: 1. */
  readonly reads?: number;
}

/** No file that is read needs more. */
const maxReads = 2_000_000;

/** A file in memory, which can become another between two reads. Counts what is asked of it. */
export class MemoryFile extends TdbFile {
  private readonly states: readonly FileState[];
  private readonly allowedReads: number;
  private state = 0;
  private readsOfState = 0;
  reads = 0;
  bytesRead = 0;

  constructor(states: readonly FileState[], allowedReads: number = maxReads) {
    super('/dev/null');
    this.states = states;
    this.allowedReads = allowedReads;
  }

  override readWhole(pool: BufferPool): Buffer {
    const bytes = this.next();
    let buffer = pool.take(bytes.length);
    while (buffer.length < bytes.length) buffer = pool.grow(buffer.length === 0 ? Buffer.alloc(64) : buffer);
    this.bytesRead += bytes.copy(buffer);
    return buffer.subarray(0, bytes.length);
  }

  override holds(bytes: Buffer): boolean {
    const now = this.next();
    this.bytesRead += now.length;
    return now.equals(bytes);
  }

  override readAt(target: Buffer, lengthBytes: number, positionBytes: number): number {
    const bytes = this.next();
    if (lengthBytes > target.length || positionBytes < 0) throw new RangeError('a read into too small a buffer');
    if (positionBytes >= bytes.length) return 0;
    const count = bytes.copy(target, 0, positionBytes, positionBytes + lengthBytes);
    this.bytesRead += count;
    return count;
  }

  private next(): Buffer {
    if (++this.reads > this.allowedReads) throw new Error(`more than ${this.allowedReads} reads of one file`);
    const { bytes, reads = 1 } = this.states[this.state]!;
    if (++this.readsOfState >= reads && this.state < this.states.length - 1) {
      this.state++;
      this.readsOfState = 0;
    }
    return bytes;
  }
}
