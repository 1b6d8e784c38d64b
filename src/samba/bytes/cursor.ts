import { DecodeError, type DecodeErrorCode } from './decode-error.ts';

import { TextCache } from './text-cache.ts';

/** 1970-01-01 as NTTIME is 0x019db1ded53e8000. */
const epochHigh = 0x019db1de;
const epochLow = 0xd53e8000;

/**
 * A bounds-checked reader over a window of bytes. Numbers are little-endian unless the name says otherwise: all that
 * Samba stores is, on the hosts that we support.
 *
 * A cursor can be pointed at another window with `reset`, so that a pass over 100,000 records makes one object.
 * Every read past the window throws `BYTES_TRUNCATED` with the offset from the window's start.
 */
export class Cursor {
  private bytes: Buffer;
  private view: DataView;
  private start: number;
  private position: number;
  private end: number;
  private readonly texts = new TextCache();

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.start = start;
    this.position = start;
    this.end = end;
  }

  reset(bytes: Buffer, start = 0, end: number = bytes.length): this {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = viewOf(bytes);
    }
    this.start = start;
    this.position = start;
    this.end = end;
    return this;
  }

  /** Bytes from the window's start to the next read. */
  get offsetBytes(): number {
    return this.position - this.start;
  }

  get remainingBytes(): number {
    return this.end - this.position;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.take(8), true);
  }

  /** NTTIME, 100 ns since 1601, as whole microseconds since 1970: exact for any date that a clock has shown. */
  nttimeMicros(): number {
    const at = this.take(8);
    const low = this.view.getUint32(at, true) - epochLow;
    const high = this.view.getUint32(at + 4, true) - epochHigh;
    // (high * 2^32 + low) / 10 would pass 2^53 on the way; 2^32 is 10 * 429,496,729 + 6.
    return high * 429_496_729 + Math.floor((high * 6 + low) / 10);
  }

  /** 64 bits as a number: exact up to 2^53, which process, user and group ids never reach. */
  u64Number(): number {
    const at = this.take(8);
    return this.view.getUint32(at + 4, true) * 2 ** 32 + this.view.getUint32(at, true);
  }

  /** Lower-case hexadecimal digits of the next bytes. */
  hex(lengthBytes: number): string {
    const at = this.take(lengthBytes);
    return this.bytes.toString('hex', at, at + lengthBytes);
  }

  /** UTF-8 text. What is not UTF-8 becomes U+FFFD: a strange name must not hide a session. */
  utf8(lengthBytes: number): string {
    const at = this.take(lengthBytes);
    return this.texts.utf8(this.bytes, at, lengthBytes);
  }

  skip(lengthBytes: number): void {
    this.take(lengthBytes);
  }

  /** Makes the window begin at the next read: what stands there counts its offsets anew. */
  beginHere(): void {
    this.start = this.position;
  }

  /** @throws DecodeError always, with the current offset. */
  fail(code: DecodeErrorCode, message: string): never {
    throw new DecodeError(code, message, this.offsetBytes);
  }

  private take(lengthBytes: number): number {
    const at = this.position;
    if (lengthBytes > this.end - at) {
      this.fail('BYTES_TRUNCATED', `${lengthBytes} bytes needed, ${this.end - at} left`);
    }
    this.position = at + lengthBytes;
    return at;
  }
}

/** The unsigned 32-bit little-endian number at an offset that the caller has checked. For inner loops over a file. */
export function readU32(bytes: Buffer, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** The same, big-endian: the keys of Samba's record files. */
export function readU32be(bytes: Buffer, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
