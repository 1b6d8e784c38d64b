import { headerBytes } from './header.ts';
import { WireWriter } from './wire-writer.ts';

/** A range of a file to lock or to unlock. */
export type LockRange = {
  readonly offset: bigint;
  readonly length: bigint;
  readonly kind: 'shared' | 'exclusive' | 'unlock';
  /** Fail when another one holds the range, instead of waiting for it. */
  readonly failImmediately?: boolean;
};

/** What a directory is watched for. */
export type WatchOptions = {
  /** Its subdirectories too. */
  readonly recursive?: boolean;
  /** CompletionFilter, [MS-SMB2] 2.2.35; by default all changes. */
  readonly filter?: number;
};

const lockFlags = { shared: 1, exclusive: 2, unlock: 4 } as const;
const failImmediatelyFlag = 0x10;
const allChanges = 0xfff;
const readFixedBytes = 48;
const writeFixedBytes = 48;

/** CLOSE request, [MS-SMB2] 2.2.15. */
export function encodeClose(fileId: Buffer): Buffer {
  return new WireWriter().u16(24).u16(0).u32(0).raw(fileId).finish();
}

/** FLUSH request, [MS-SMB2] 2.2.17. */
export function encodeFlush(fileId: Buffer): Buffer {
  return new WireWriter().u16(24).u16(0).u32(0).raw(fileId).finish();
}

/** READ request, [MS-SMB2] 2.2.19. */
export function encodeRead(fileId: Buffer, length: number, offset: bigint): Buffer {
  return new WireWriter()
    .u16(readFixedBytes + 1)
    .u16(0)
    .u32(length)
    .u64(offset)
    .raw(fileId)
    .zeros(16)
    .u8(0)
    .finish();
}

/** The data of a READ response, [MS-SMB2] 2.2.20. */
export function parseRead(body: Buffer): Buffer {
  const start = body.readUInt8(2) - headerBytes;
  return Buffer.from(body.subarray(start, start + body.readUInt32LE(4)));
}

/** WRITE request, [MS-SMB2] 2.2.21. */
export function encodeWrite(fileId: Buffer, data: Uint8Array, offset: bigint): Buffer {
  return new WireWriter()
    .u16(writeFixedBytes + 1)
    .u16(headerBytes + writeFixedBytes)
    .u32(data.length)
    .u64(offset)
    .raw(fileId)
    .zeros(16)
    .raw(data)
    .finish();
}

/** LOCK request, [MS-SMB2] 2.2.26. */
export function encodeLock(fileId: Buffer, ranges: readonly LockRange[]): Buffer {
  const writer = new WireWriter().u16(48).u16(ranges.length).u32(0).raw(fileId);
  for (const { offset, length, kind, failImmediately } of ranges) {
    const flags = failImmediately ? lockFlags[kind] | failImmediatelyFlag : lockFlags[kind];
    writer.u64(offset).u64(length).u32(flags).u32(0);
  }
  return writer.finish();
}

/** CHANGE_NOTIFY request, [MS-SMB2] 2.2.35. */
export function encodeWatch(fileId: Buffer, { recursive = false, filter = allChanges }: WatchOptions): Buffer {
  return new WireWriter()
    .u16(32)
    .u16(recursive ? 1 : 0)
    .u32(0x1_0000)
    .raw(fileId)
    .u32(filter)
    .u32(0)
    .finish();
}
