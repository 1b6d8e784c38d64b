import type { NdrCursor } from '../ndr/index.ts';
import { decodeFlags, decodeHead, encryptionFlags, signingFlags } from './head.ts';
import type { Layout } from './layouts.ts';
import { skipServerId } from './server-id.ts';

/** What is read of `smbXsrv_tcon_global` (smbXsrv.idl; the same on 4.13 to 4.24, another head on 4.25). */
export interface TconGlobal {
  readonly tconGlobalId: number;
  readonly sessionGlobalId: number;
  /** Microseconds since 1970. */
  readonly creationTime: number | null;
  /** Empty while the tree connect is being made: before 4.17.8 and 4.18.2, smbd stores it without name and session. */
  readonly shareName: string;
  readonly encryptionFlags: number;
  readonly signingFlags: number;
}

/** @param key the record's key: `tcon_global_id` */
export function decodeTconGlobal(cursor: NdrCursor, layout: Layout, key: number): TconGlobal {
  decodeHead(cursor, layout);
  cursor.align(8);
  cursor.ignoredPointer(); // db_rec
  const tconGlobalId = cursor.uint32();
  if (tconGlobalId !== key) cursor.fail('RECORD_KEY_MISMATCH', `tree connect ${tconGlobalId} under key ${key}`);
  cursor.uint32(); // tcon_wire_id
  skipServerId(cursor);
  const creationTime = cursor.nttime();
  const shareName = cursor.stringOrNull();
  const encryption = decodeFlags(cursor, encryptionFlags);
  const sessionGlobalId = cursor.uint32();
  const signing = decodeFlags(cursor, signingFlags);
  return { tconGlobalId, sessionGlobalId, creationTime, shareName, encryptionFlags: encryption, signingFlags: signing };
}
