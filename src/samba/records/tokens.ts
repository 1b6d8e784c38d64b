import type { NdrCursor } from '../ndr/index.ts';
import { maxSids, skipClaims } from './claims.ts';

/** `security_token` (librpc/idl/security.idl): its first SID, which is the user's; null where it has none. */
export function decodeSecurityToken(cursor: NdrCursor, hasClaims: boolean): string | null {
  cursor.align(8);
  const count = cursor.count(maxSids);
  cursor.arraySize(count);
  const userSid = count > 0 ? cursor.sid() : null;
  for (let i = 1; i < count; i++) cursor.skipSid();
  cursor.skipHyper(); // privilege_mask
  cursor.uint32(); // rights_mask
  if (hasClaims) skipClaims(cursor);
  return userSid;
}

export interface UnixToken {
  readonly uid: number;
  readonly gid: number;
}

/** `security_unix_token`; the conformant count of its groups is hoisted to its front. */
export function decodeUnixToken(cursor: NdrCursor): UnixToken {
  const maximum = cursor.uint32();
  const uid = cursor.hyperNumber();
  const gid = cursor.hyperNumber();
  const groups = cursor.count(maxSids);
  if (groups !== maximum) cursor.fail('NDR_BAD_COUNT', `${groups} groups in an array of ${maximum}`);
  if (groups > 0) cursor.align(8);
  cursor.skip(8 * groups);
  return { uid, gid };
}
