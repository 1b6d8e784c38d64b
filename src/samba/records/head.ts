import type { NdrCursor } from '../ndr/index.ts';
import type { Layout } from './layouts.ts';

const refMarker = 0xaef1aef1;

/**
 * The head of every `smbXsrv_*_globalB`: version, seqnum, union arm and pointer (smbXsrv.idl).
 * Version 0 has a unique pointer in the arm, version 1 (4.25) a `ref` one.
 *
 * @throws DecodeError RECORD_BAD_VERSION where the record is of another version than the layout
 */
export function decodeHead(cursor: NdrCursor, layout: Layout): void {
  const version = cursor.uint32();
  cursor.uint32(); // seqnum
  const arm = cursor.uint32();
  const pointer = cursor.uint32();
  if (version !== layout.version || arm !== version) {
    cursor.fail('RECORD_BAD_VERSION', `version ${version}, arm ${arm} where the layout has ${layout.version}`);
  }
  if (pointer !== (layout.version === 0 ? 0x00020000 : refMarker)) {
    cursor.fail('NDR_BAD_POINTER', `0x${pointer.toString(16)} does not point at the record's struct`);
  }
}

/** A bitmap8bit: no bits beyond those that some release knows. */
export function decodeFlags(cursor: NdrCursor, known: number): number {
  const flags = cursor.u8();
  if ((flags & ~known) !== 0) cursor.fail('RECORD_BAD_VALUE', `flags 0x${flags.toString(16)} are not known`);
  return flags;
}

/** SMBXSRV_ENCRYPTION_REQUIRED, _DESIRED, SMBXSRV_PROCESSED_ENCRYPTED_PACKET, _UNENCRYPTED_PACKET */
export const encryptionFlags = 0x0f;
/** SMBXSRV_SIGNING_REQUIRED, SMBXSRV_PROCESSED_SIGNED_PACKET, _UNSIGNED_PACKET */
export const signingFlags = 0x07;
