import type { NdrCursor } from '../ndr/index.ts';
import { type FileId, fileIdOf, fileKeyOf } from './file-id.ts';
import { LayoutFinder } from './layout-finder.ts';
import { decodeServerId, type ServerId } from './server-id.ts';
import { decodeShareModeData, type ShareModeData } from './share-mode-data.ts';
import { decodeEntry, type ShareModeEntry } from './share-mode-entries.ts';
import { type ShareModeLayout, shareModeLayouts } from './share-mode-layouts.ts';

/** A file or directory that is open. */
export interface ShareModes {
  readonly fileId: FileId;
  /** Null where nobody has it open: its record is only watched, or locked. */
  readonly data: ShareModeData | null;
  readonly entries: readonly ShareModeEntry[];
  /** Processes that wait for something of it: a lock, an open that is in the way, a lease to be given back. */
  readonly watchers: readonly ServerId[];
}

/**
 * Decodes the records of `locking.tdb`: one for each file or directory that is open, by its file id (48 hexadecimal digits:
 * device, inode and extension, 8 bytes each as they stand in memory).
 */
export class ShareModeDecoder extends LayoutFinder<string, ShareModes, ShareModeLayout> {
  readonly keyOf = fileKeyOf;

  constructor() {
    super(shareModeLayouts, decodeShareModes, false);
  }

  keyBytes(fileId: string): Buffer {
    return Buffer.from(fileId, 'hex');
  }
}

/** `dbwrap_watch.c`: the process, and a count. */
const watcherBytes = 32;
const nobody: readonly ServerId[] = [];

/** After watchers and the lock of the record (`g_lock.c`): the length of `share_mode_data`, that, and entries to the end. */
export function decodeShareModes(cursor: NdrCursor, layout: ShareModeLayout, key: string): ShareModes {
  const fileId = fileIdOf(key);
  const watchers = decodeWatchers(cursor);
  if (cursor.remainingBytes === 0) return { fileId, data: null, entries: [], watchers }; // only watched
  cursor.skip(24); // exclusive
  cursor.skip(layout.lockEpoch ? 16 : 8); // unique_lock_epoch, unique_data_epoch
  cursor.skip(24 * cursor.u32()); // shared
  if (cursor.remainingBytes === 0) return { fileId, data: null, entries: [], watchers }; // only locked
  const dataBytes = cursor.u32();
  const data = decodeShareModeData(cursor, layout, key);
  if (cursor.offsetBytes !== dataBytes) {
    cursor.fail('RECORD_TRAILING_BYTES', `${cursor.offsetBytes} bytes of share_mode_data, which has ${dataBytes}`);
  }
  const entries: ShareModeEntry[] = [];
  while (cursor.remainingBytes > 0) entries.push(decodeEntry(cursor, layout));
  return { fileId, data, entries, watchers };
}

function decodeWatchers(cursor: NdrCursor): readonly ServerId[] {
  const count = cursor.u32();
  if (count === 0) return nobody;
  if (watcherBytes * count > cursor.remainingBytes) {
    cursor.fail('NDR_BAD_COUNT', 'more watchers than the record can hold');
  }
  cursor.beginHere();
  const watchers: ServerId[] = [];
  for (let i = 0; i < count; i++) {
    watchers.push(decodeServerId(cursor));
    cursor.skip(8); // instance
  }
  return watchers;
}
