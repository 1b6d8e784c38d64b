import type { NdrCursor } from '../ndr/index.ts';
import { LayoutFinder } from './layout-finder.ts';

/** [MS-SMB2] 2.2.13.2.8: read 1, handle 2, write 4. */
export type LeaseState = number;

/** `leases_db_value` has been the same since 4.12. */
export const leaseLayouts: readonly { readonly since: string }[] = [{ since: '4.12' }];

const allStates = 7;
/** A client may have as many files open under one key as it has names for one file. */
const maxFiles = 65_536;

/** Decodes the records of `leases.tdb`: one for each lease, by the client's GUID and the key that it chose, 64 digits. */
export class LeaseDecoder extends LayoutFinder<string, LeaseState, { readonly since: string }> {
  constructor() {
    super(leaseLayouts, decodeLease, false);
  }

  keyOf(bytes: Buffer, keyAt: number, lengthBytes: number): string | undefined {
    return lengthBytes === 32 ? bytes.toString('hex', keyAt, keyAt + lengthBytes) : undefined;
  }

  keyBytes(leaseKey: string): Buffer {
    return Buffer.from(leaseKey, 'hex');
  }
}

/** `leases_db_value` (source3/librpc/idl/leases_db.idl; the same on 4.13, 4.17, 4.22, 4.25). */
export function decodeLease(cursor: NdrCursor): LeaseState {
  const current = decodeState(cursor);
  if (cursor.u8() > 1) cursor.fail('RECORD_BAD_VALUE', 'breaking is no boolean8');
  decodeState(cursor); // breaking_to_requested
  decodeState(cursor); // breaking_to_required
  cursor.uint16(); // lease_version
  cursor.uint16(); // epoch
  const files = cursor.count(maxFiles);
  let texts = 0;
  for (let i = 0; i < files; i++) {
    cursor.align(4);
    cursor.skip(24); // file_id
    for (let j = 0; j < 3; j++) if (cursor.uniquePointer()) texts++;
  }
  for (; texts > 0; texts--) cursor.skipString();
  return current;
}

function decodeState(cursor: NdrCursor): LeaseState {
  const state = cursor.uint32();
  if ((state & ~allStates) !== 0) cursor.fail('RECORD_BAD_VALUE', `${state} is no state of a lease`);
  return state;
}
