import type { NdrCursor } from '../ndr/index.ts';

/** `CLAIM_SECURITY_ATTRIBUTE_TYPE_STRING`: UTF-16 up to its NUL. */
const string = 3;
/** `_INT64`, `_UINT64`, `_BOOLEAN`: 8 bytes each. */
const hypers = new Set([1, 2, 6]);
/** `_SID`, which is the text of one, and `_OCTET_STRING`. */
const blobs = new Set([5, 16]);

/** pidl keeps no more relative pointers than this for one record (librpc/ndr/ndr.c). */
const maxPointers = 65_535;

/** A token of more SIDs or groups than a Kerberos ticket can carry is none. */
export const maxSids = 65_536;

/** What a relative pointer says: data of this type, at this offset of the record. */
interface Deferred {
  readonly type: number;
  readonly atBytes: number;
}

/**
 * Steps over what 4.20 added to `security_token` (librpc/idl/security.idl): local, user and device claims, each a
 * `CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1`, the device's SIDs, and whether the claims count.
 *
 * Names and values of the claims lie behind the token's last field, in the order of the pointers at them. Samba's own
 * pull returns from each to its pointer, and then takes the first of them for the `unix_token`: it can store such a
 * record and not read it back. No smbd up to 4.25 has claims in a session's token.
 */
export function skipClaims(cursor: NdrCursor): void {
  const counts = [cursor.count(maxPointers), cursor.count(maxPointers), cursor.count(maxPointers)];
  const deviceSids = cursor.count(maxSids);
  const deferred: Deferred[] = [];
  for (const count of counts) {
    cursor.arraySize(count);
    for (let i = 0; i < count; i++) skipClaim(cursor, deferred);
  }
  cursor.arraySize(deviceSids);
  for (let i = 0; i < deviceSids; i++) cursor.skipSid();
  cursor.uint16(); // evaluate_claims
  for (const { type, atBytes } of deferred) skipDeferred(cursor, type, atBytes);
}

function skipClaim(cursor: NdrCursor, deferred: Deferred[]): void {
  deferPointer(cursor, string, deferred); // name
  const type = cursor.uint16();
  cursor.uint32(); // flags
  const values = cursor.count(maxPointers);
  for (let i = 0; i < values; i++) deferPointer(cursor, type, deferred);
}

function deferPointer(cursor: NdrCursor, type: number, deferred: Deferred[]): void {
  const atBytes = cursor.uint32();
  if (atBytes !== 0) deferred.push({ type, atBytes });
  if (deferred.length > maxPointers)
    cursor.fail('NDR_BAD_COUNT', `more than ${maxPointers} names and values of claims`);
}

/** Strings align to 2 bytes, all else not at all. */
function skipDeferred(cursor: NdrCursor, type: number, atBytes: number): void {
  if (type === string) cursor.align(2);
  if (cursor.offsetBytes !== atBytes) cursor.fail('NDR_BAD_POINTER', `a claim's data should be at byte ${atBytes}`);
  if (type === string) cursor.skipUtf16();
  else if (hypers.has(type)) cursor.skip(8);
  else if (blobs.has(type)) cursor.skip(cursor.u32());
  else cursor.fail('RECORD_BAD_VALUE', `${type} is no type of claim`);
}
