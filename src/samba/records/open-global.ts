import type { NdrCursor } from '../ndr/index.ts';
import { decodeHead } from './head.ts';
import type { Layout } from './layouts.ts';
import { decodeServerId, type ServerId } from './server-id.ts';

/** What is read of `smbXsrv_open_global` (smbXsrv.idl; seen on 4.13, 4.17, 4.22, 4.24, 4.25). */
export interface OpenGlobal {
  readonly serverId: ServerId;
  /** The client's other name for it, and that of its byte range locks. */
  readonly openVolatileId: number;
  /** When it was opened, in microseconds since 1970: to the microsecond the time of its share mode entry. */
  readonly openTime: number | null;
  /** Since 4.23; null before, where only process and owner tie an open to its session. */
  readonly sessionGlobalId: number | null;
  /** Since 4.23. */
  readonly tconGlobalId: number | null;
  /** The user's SID; null since 4.23, where the session says it. */
  readonly openOwner: string | null;
  /** Whether it outlives its session, until a client takes it up again or a time is over. */
  readonly isDurable: boolean;
}

/** @param key the record's key: `open_global_id` */
export function decodeOpenGlobal(cursor: NdrCursor, layout: Layout, key: number): OpenGlobal {
  decodeHead(cursor, layout);
  cursor.align(8);
  if (layout.openDbRec) cursor.ignoredPointer();
  const serverId = decodeServerId(cursor);
  const sessionGlobalId = layout.openSession ? cursor.hyperNumber() : null;
  const tconGlobalId = layout.openSession ? cursor.uint32() : null;
  const openGlobalId = cursor.uint32();
  if (openGlobalId !== key) cursor.fail('RECORD_KEY_MISMATCH', `open ${openGlobalId} under key ${key}`);
  cursor.skipHyper(); // open_persistent_id
  const openVolatileId = cursor.hyperNumber();
  if (layout.version === 1) {
    cursor.skip(24); // file_id
    cursor.uint32(); // name_hash
  }
  const openOwner = layout.openSession ? null : cursor.sid();
  if (layout.openSession) cursor.skipSid();
  const openTime = cursor.nttime();
  cursor.skip(3 * 16); // create_guid, client_guid, app_instance_id
  if (layout.version === 1) {
    cursor.skipHyper(); // app_instance_vhigh
    cursor.skipHyper(); // app_instance_vlow
  }
  if (layout.openSession) cursor.uint32(); // create_action
  cursor.skipNttime(); // disconnect_time
  cursor.uint32(); // durable_timeout_msec
  const isDurable = decodeBoolean8(cursor); // durable
  if (layout.version === 1) decodeBoolean8(cursor); // persistent
  cursor.skipBlob(); // backend_cookie
  cursor.uint16(); // channel_sequence
  cursor.skipHyper(); // channel_generation
  cursor.skip(64); // lock_sequence_array
  return { serverId, openVolatileId, openTime, sessionGlobalId, tconGlobalId, openOwner, isDurable };
}

function decodeBoolean8(cursor: NdrCursor): boolean {
  const value = cursor.u8();
  if (value > 1) cursor.fail('RECORD_BAD_VALUE', `${value} is no boolean8`);
  return value === 1;
}
