import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Room for what the file grows by while it is read, so that it is not copied into a larger buffer then. */
const headroomBytes = 256 * 1024;

/** What `holds` reads into. It is small enough to stay in the processor's cache. */
const block = Buffer.allocUnsafeSlow(256 * 1024);

/**
 * An open database file: O_RDONLY, read and pread only. No map, no lock, so that smbd never waits for us.
 */
export class TdbFile implements Disposable {
  private readonly descriptor: number;

  /** @throws the system's error (ENOENT, EACCES, …) */
  constructor(path: string) {
    this.descriptor = openSync(path, 'r');
  }

  /** Reads to the end of the file, wherever that is by then, into a buffer of the pool. */
  readWhole(pool: BufferPool): Buffer {
    let buffer = pool.take(fstatSync(this.descriptor).size + headroomBytes);
    let length = 0;
    try {
      for (;;) {
        if (length === buffer.length) buffer = pool.grow(buffer);
        const count = readSync(this.descriptor, buffer, length, buffer.length - length, length);
        if (count === 0) return buffer.subarray(0, length);
        length += count;
      }
    } catch (error) {
      pool.give(buffer);
      throw error;
    }
  }

  /** Whether the file still is what was read of it. Reads it in blocks, up to the first that differs. */
  holds(bytes: Buffer): boolean {
    try {
      for (let at = 0; ; at += block.length) {
        const count = readSync(this.descriptor, block, 0, block.length, at);
        const end = Math.min(at + block.length, bytes.length);
        if (count !== Math.max(0, end - at) || block.compare(bytes, at, end, 0, count) !== 0) return false;
        if (count < block.length) return true;
      }
    } finally {
      block.fill(0);
    }
  }

  /** Whether a part of the file, a record, still is what was read of it. */
  holdsPart(bytes: Buffer, at: number, end: number): boolean {
    const again = Buffer.allocUnsafeSlow(end - at);
    try {
      return this.readAt(again, end - at, at) === end - at && again.compare(bytes, at, end) === 0;
    } finally {
      again.fill(0);
    }
  }

  /** @returns how many of the wanted bytes are there */
  readAt(target: Buffer, lengthBytes: number, positionBytes: number): number {
    return readSync(this.descriptor, target, 0, lengthBytes, positionBytes);
  }

  [Symbol.dispose](): void {
    closeSync(this.descriptor);
  }
}

/**
 * Keeps the buffers that whole files are read into. They hold session keys: a buffer that is dropped is overwritten.
 */
export class BufferPool {
  private idle: Buffer | undefined;

  /** The buffer that lies ready, or one of this size. */
  take(sizeBytes: number): Buffer {
    const buffer = this.idle ?? Buffer.allocUnsafeSlow(sizeBytes);
    this.idle = undefined;
    return buffer;
  }

  grow(buffer: Buffer): Buffer {
    const larger = Buffer.allocUnsafeSlow(buffer.length * 2);
    buffer.copy(larger);
    buffer.fill(0);
    return larger;
  }

  /** Takes a buffer back; `whole` is any view that `readWhole` returned. */
  give(whole: Buffer): void {
    const buffer = Buffer.from(whole.buffer);
    if (this.idle === undefined || this.idle.length < buffer.length) {
      this.idle?.fill(0);
      this.idle = buffer;
    } else {
      buffer.fill(0);
    }
  }

  clear(): void {
    this.idle?.fill(0);
    this.idle = undefined;
  }
}
