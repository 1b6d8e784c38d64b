import { Cursor, putU64 } from '../bytes/index.ts';
import type { NdrCursor } from '../ndr/index.ts';

/** `file_id` (librpc/idl/file_id.idl, all releases): a file or directory under any of its names. */
export interface FileId {
  readonly device: bigint;
  readonly inode: bigint;
  /** 0, but where a module makes ids of its own. */
  readonly extension: bigint;
}

/** Of a key, too, which is the struct as it stands in memory. */
export const fileIdBytes = 24;

const cursor = new Cursor(Buffer.alloc(0));

/** @param key 48 hexadecimal digits */
export function fileIdOf(key: string): FileId {
  cursor.reset(Buffer.from(key, 'hex'));
  return { device: cursor.u64(), inode: cursor.u64(), extension: cursor.u64() };
}

/** The key of a file's records, as `fileIdOf` takes it. */
export function fileKeyFor({ device, inode, extension }: FileId): string {
  const bytes = Buffer.alloc(fileIdBytes);
  for (const [i, word] of [device, inode, extension].entries()) putU64(bytes, 8 * i, word);
  return bytes.toString('hex');
}

/** The key of the records that are kept by file: `locking.tdb`, `brlock.tdb`. */
export function fileKeyOf(bytes: Buffer, keyAt: number, lengthBytes: number): string | undefined {
  return lengthBytes === fileIdBytes ? bytes.toString('hex', keyAt, keyAt + lengthBytes) : undefined;
}

/** A `file_id` within a record of that key. */
export function expectFileId(cursor: NdrCursor, key: string): void {
  cursor.align(4); // its members are `udlong`
  const found = cursor.hex(fileIdBytes);
  if (found !== key) cursor.fail('RECORD_KEY_MISMATCH', `file ${found} under key ${key}`);
}
