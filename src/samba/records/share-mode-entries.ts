import type { NdrCursor } from '../ndr/index.ts';
import { decodeHolder, type ServerId } from './server-id.ts';
import type { ShareModeLayout } from './share-mode-layouts.ts';

/** What is read of `share_mode_entry` (open_files.idl; seen on 4.13, 4.17, 4.22, 4.24, 4.25): one open of a file. */
export interface ShareModeEntry {
  /** The process that has it open, see `isDisconnected`. */
  readonly serverId: ServerId;
  /** `NO_OPLOCK` 0, exclusive 1, batch 2 and 3, level II 4, a lease 0x100. */
  readonly opType: number;
  /** The key of its lease in `leases.tdb`; null where it has none. */
  readonly leaseKey: string | null;
  /** [MS-SMB2] 2.2.13.1 */
  readonly accessMask: number;
  /** What others may do: read 1, write 2, delete 4. */
  readonly shareAccess: number;
  /** When it was opened, in microseconds since 1970: to the microsecond the `open_time` of its open record. */
  readonly openedAt: number;
  /** Names the open in its process. Since 4.24 it is the `open_global_id`, a count before. */
  readonly shareFileId: bigint;
  /** Who opened it, under `force user` that user. */
  readonly uid: number;
  /** Of the name by which it was opened. */
  readonly nameHash: number;
}

const leaseType = 0x100;
const opTypes = new Set([0, 1, 2, 3, 4, leaseType]);
/** `share_entry_flags` */
const knownFlags = 0x0f;
const knownFlagsPersistent = 0x1f;
/** In the year 2255 microseconds pass 2^53. */
const maxSeconds = 9_000_000_000;

export function decodeEntry(cursor: NdrCursor, layout: ShareModeLayout): ShareModeEntry {
  cursor.beginHere();
  const serverId = decodeHolder(cursor);
  cursor.skipHyper(); // op_mid
  const opType = cursor.uint16();
  if (!opTypes.has(opType)) cursor.fail('RECORD_BAD_VALUE', `0x${opType.toString(16)} is no kind of oplock`);
  const leaseKey = decodeLeaseKey(cursor, layout, opType === leaseType);
  const accessMask = cursor.uint32();
  const shareAccess = cursor.uint32();
  if (layout.privateOptions) cursor.uint32();
  const openedAt = decodeTime(cursor);
  const shareFileId = cursor.u64(); // an `udlong` aligns to 4
  const uid = cursor.uint32();
  const flags = cursor.uint16();
  if ((flags & ~(layout.persistent ? knownFlagsPersistent : knownFlags)) !== 0) {
    cursor.fail('RECORD_BAD_VALUE', `flags 0x${flags.toString(16)} are not known`);
  }
  const nameHash = cursor.uint32();
  cursor.skip(layout.entryBytes - cursor.offsetBytes);
  return { serverId, opType, leaseKey, accessMask, shareAccess, openedAt, shareFileId, uid, nameHash };
}

/** `leases_db_key`: the client's GUID and the key that it chose. */
function decodeLeaseKey(cursor: NdrCursor, layout: ShareModeLayout, isLease: boolean): string | null {
  cursor.align(4);
  const clientGuid = isLease ? cursor.hex(16) : cursor.skip(16);
  if (layout.persistent) cursor.skipGuid(); // create_guid
  cursor.align(8);
  if (isLease) return clientGuid + cursor.hex(16);
  cursor.skip(16);
  return null;
}

/** `timeval` */
function decodeTime(cursor: NdrCursor): number {
  const seconds = cursor.hyperNumber();
  const micros = cursor.uint32();
  if (micros >= 1_000_000) cursor.fail('RECORD_BAD_VALUE', `${micros} microseconds of a second`);
  if (seconds > maxSeconds) cursor.fail('RECORD_BAD_VALUE', `${seconds} seconds since 1970`);
  return seconds * 1_000_000 + micros;
}
