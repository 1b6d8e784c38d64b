import { NdrCursor } from '../ndr/index.ts';

/** One entry of an access list, as far as it bears on a whole share. */
export interface AccessEntry {
  /** `other`: an entry of a kind that needs more than a SID to be decided. */
  readonly type: 'allowed' | 'denied' | 'other';
  readonly accessMask: number;
  /** Null for `other`. */
  readonly sid: string | null;
}

const daclPresent = 0x0004;
const selfRelative = 0x8000;
const inheritOnly = 0x08;
const types = ['allowed', 'denied'] as const;

/**
 * The `dacl` of a `security_descriptor` (librpc/idl/security.idl), self-relative as `marshall_sec_desc` packs it. Owner,
 * group and `sacl` are stepped over; entries that are for inheritance only are left out.
 *
 * @returns null where there is none, which allows everybody everything; no entries allow nobody anything
 * @throws DecodeError BYTES_TRUNCATED, RECORD_BAD_VERSION, RECORD_BAD_VALUE, NDR_BAD_SID
 */
export function decodeDacl(bytes: Buffer): readonly AccessEntry[] | null {
  const cursor = new NdrCursor(bytes);
  const revision = cursor.uint16(); // an enum8bit, and a byte of padding
  if (revision !== 1) cursor.fail('RECORD_BAD_VERSION', `revision ${revision} of a security descriptor`);
  const type = cursor.uint16();
  if ((type & selfRelative) === 0) cursor.fail('RECORD_BAD_VALUE', 'the security descriptor is not self-relative');
  cursor.skip(3 * 4); // owner_sid, group_sid, sacl
  const at = cursor.uint32();
  if ((type & daclPresent) === 0 || at === 0) return null;
  return decodeAcl(cursor.reset(bytes, at));
}

/** `security_acl` */
function decodeAcl(cursor: NdrCursor): AccessEntry[] {
  const revision = cursor.uint16(); // an enum8bit, and a byte of padding
  if (revision !== 2 && revision !== 4) cursor.fail('RECORD_BAD_VERSION', `revision ${revision} of an access list`);
  cursor.uint16(); // size
  const count = cursor.uint32();
  const entries: AccessEntry[] = [];
  for (let i = 0; i < count; i++) {
    const entry = decodeAce(cursor);
    if (entry !== null) entries.push(entry);
  }
  return entries;
}

/** `security_ace`; null for one that is only inherited. */
function decodeAce(cursor: NdrCursor): AccessEntry | null {
  const at = cursor.offsetBytes;
  const type = types[cursor.u8()] ?? 'other';
  const flags = cursor.u8();
  const size = cursor.uint16();
  const accessMask = cursor.uint32();
  const sid = type === 'other' ? null : cursor.sid();
  const rest = at + size - cursor.offsetBytes;
  if (rest < 0 || size % 4 !== 0) cursor.fail('RECORD_BAD_VALUE', `an entry of ${size} bytes`);
  cursor.skip(rest);
  return (flags & inheritOnly) === 0 ? { type, accessMask, sid } : null;
}
