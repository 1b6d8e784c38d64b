import type { NdrCursor } from '../ndr/index.ts';
import { fileKeyOf } from './file-id.ts';
import { LayoutFinder } from './layout-finder.ts';
import { decodeHolder, type ServerId } from './server-id.ts';

/** Locks of ranges of a file that one open of it holds. */
export interface ByteRangeLocks {
  /** The process that holds them, see `isDisconnected`. */
  readonly serverId: ServerId;
  /** `smblctx`: of SMB2 the open's `open_global_id`, of SMB1 a number of the client's. */
  readonly context: number;
  /** `fnum`: the open's `open_volatile_id`; 0 of a disconnected one. */
  readonly volatileId: number;
  readonly count: number;
}

/** How `lock_struct` (source3/include/locking.h), which is stored as it stands in memory, differs between releases. */
interface ByteRangeLockLayout {
  readonly since: string;
  /** A version before the first one, and `lock_struct.persistent`. */
  readonly persistent: boolean;
}

/** Newest first: the order in which they are tried. */
export const byteRangeLockLayouts: readonly ByteRangeLockLayout[] = [
  { since: '4.25', persistent: true },
  { since: '4.13', persistent: false },
];

/** Decodes the records of `brlock.tdb`: one for each file with locked ranges, by its file id as `ShareModeDecoder`. */
export class ByteRangeLockDecoder extends LayoutFinder<string, readonly ByteRangeLocks[], ByteRangeLockLayout> {
  readonly keyOf = fileKeyOf;

  constructor() {
    super(byteRangeLockLayouts, decodeLocks, false);
  }

  keyBytes(fileId: string): Buffer {
    return Buffer.from(fileId, 'hex');
  }
}

export function decodeLocks(cursor: NdrCursor, layout: ByteRangeLockLayout): readonly ByteRangeLocks[] {
  // Big-endian, as nothing else there.
  if (layout.persistent && cursor.hex(4) !== '00000001') cursor.fail('RECORD_BAD_VERSION', 'not of version 1');
  const all: ByteRangeLocks[] = [];
  while (cursor.remainingBytes > 0) {
    const lock = decodeLock(cursor, layout);
    const last = all.at(-1);
    // One open's locks mostly stand together.
    if (last !== undefined && isSameHolder(last, lock)) all[all.length - 1] = { ...last, count: last.count + 1 };
    else all.push(lock);
  }
  return all;
}

function decodeLock(cursor: NdrCursor, layout: ByteRangeLockLayout): ByteRangeLocks {
  cursor.beginHere();
  const context = cursor.hyperNumber();
  cursor.uint32(); // tid
  const serverId = decodeHolder(cursor);
  cursor.skipHyper(); // start
  cursor.skipHyper(); // size
  const volatileId = cursor.hyperNumber();
  const type = cursor.uint32();
  const flavour = cursor.uint32();
  if (type > 1 || flavour > 1) cursor.fail('RECORD_BAD_VALUE', `${type}, ${flavour} is no kind of lock`);
  if (layout.persistent) {
    const isPersistent = cursor.u8();
    if (isPersistent > 1) cursor.fail('RECORD_BAD_VALUE', `${isPersistent} is no bool`);
    cursor.align(8);
  }
  return { serverId, context, volatileId, count: 1 };
}

function isSameHolder(a: ByteRangeLocks, b: ByteRangeLocks): boolean {
  const isSameProcess = a.serverId.pid === b.serverId.pid && a.serverId.uniqueId === b.serverId.uniqueId;
  return isSameProcess && a.context === b.context && a.volatileId === b.volatileId;
}
