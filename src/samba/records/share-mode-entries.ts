import type { NdrCursor } from '../ndr/index.ts';
import { LayoutFinder } from './layout-finder.ts';
import { decodeServerId, isDisconnected, type ServerId } from './server-id.ts';
import { type ShareModeLayout, shareModeLayouts } from './share-mode-layouts.ts';

/** What is read of `share_mode_entry` (open_files.idl; seen on 4.13, 4.17, 4.22, 4.24, 4.25): one open of a file. */
export interface ShareModeEntry {
  /** The process that has it open, see `isDisconnected`. */
  readonly serverId: ServerId;
  /** `NO_OPLOCK` 0, exclusive 1, batch 2 and 3, level II 4, a lease 0x100. */
  readonly opType: number;
  /** [MS-SMB2] 2.2.13.1 */
  readonly accessMask: number;
  /** What others may do: read 1, write 2, delete 4. */
  readonly shareAccess: number;
  /** Names the open in its process. Since 4.24 it is the `open_global_id`, a count before. */
  readonly shareFileId: bigint;
  /** Who opened it, under `force user` that user. */
  readonly uid: number;
}

const fileIdBytes = 24;
const opTypes = new Set([0, 1, 2, 3, 4, 0x100]);
/** `share_entry_flags` */
const knownFlags = 0x0f;

/**
 * Decodes the records of `locking.tdb`: one for each file or directory that is open, by its file id (48 hexadecimal digits:
 * device, inode and extension, 8 bytes each as they stand in memory).
 */
export class ShareModeDecoder extends LayoutFinder<string, readonly ShareModeEntry[], ShareModeLayout> {
  constructor() {
    super(shareModeLayouts, decodeShareModes, true);
  }

  keyOf(bytes: Buffer, keyAt: number, lengthBytes: number): string | undefined {
    return lengthBytes === fileIdBytes ? bytes.toString('hex', keyAt, keyAt + lengthBytes) : undefined;
  }

  keyBytes(fileId: string): Buffer {
    return Buffer.from(fileId, 'hex');
  }
}

/** After the lock of the record (`g_lock.c`): the length of `share_mode_data`, that, and entries to the end. */
function decodeShareModes(cursor: NdrCursor, layout: ShareModeLayout): readonly ShareModeEntry[] {
  if (cursor.remainingBytes === 0) return []; // only watched
  cursor.skip(24); // exclusive
  cursor.skip(layout.lockEpoch ? 16 : 8); // unique_lock_epoch, unique_data_epoch
  cursor.skip(24 * cursor.u32()); // shared
  if (cursor.remainingBytes === 0) return []; // only locked
  cursor.skip(cursor.u32()); // share_mode_data
  const entries: ShareModeEntry[] = [];
  while (cursor.remainingBytes > 0) entries.push(decodeEntry(cursor, layout));
  return entries;
}

function decodeEntry(cursor: NdrCursor, layout: ShareModeLayout): ShareModeEntry {
  cursor.beginHere();
  const serverId = decodeServerId(cursor);
  if (serverId.pid === 0 || (serverId.taskId !== 0 && !isDisconnected(serverId))) {
    cursor.fail('RECORD_BAD_VALUE', `${serverId.pid}.${serverId.taskId} is no process that opens files`);
  }
  cursor.skipHyper(); // op_mid
  const opType = cursor.uint16();
  if (!opTypes.has(opType)) cursor.fail('RECORD_BAD_VALUE', `0x${opType.toString(16)} is no kind of oplock`);
  cursor.skipGuid(); // client_guid
  if (layout.createGuid) cursor.skipGuid();
  cursor.skipHyper(); // lease_key
  cursor.skipHyper();
  const accessMask = cursor.uint32();
  const shareAccess = cursor.uint32();
  if (layout.privateOptions) cursor.uint32();
  cursor.skipHyper(); // time.tv_sec
  const micros = cursor.uint32();
  if (micros >= 1_000_000) cursor.fail('RECORD_BAD_VALUE', `${micros} microseconds of a second`);
  const shareFileId = cursor.u64(); // an `udlong` aligns to 4
  const uid = cursor.uint32();
  const flags = cursor.uint16();
  if ((flags & ~knownFlags) !== 0) cursor.fail('RECORD_BAD_VALUE', `flags 0x${flags.toString(16)} are not known`);
  cursor.uint32(); // name_hash
  cursor.skip(layout.entryBytes - cursor.offsetBytes);
  return { serverId, opType, accessMask, shareAccess, shareFileId, uid };
}
