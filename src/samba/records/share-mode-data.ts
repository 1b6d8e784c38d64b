import type { NdrCursor } from '../ndr/index.ts';
import { expectFileId } from './file-id.ts';
import type { ShareModeLayout } from './share-mode-layouts.ts';
import { decodeSecurityToken, decodeUnixToken } from './tokens.ts';

/** What is read of `share_mode_data` (open_files.idl; seen on 4.13, 4.17, 4.22, 4.25): what all who have a file open share. */
export interface ShareModeData {
  /** The folder of the share, absolute. */
  readonly servicePath: string;
  /** The file's path from there on; `.` for that folder itself. */
  readonly baseName: string;
  /** `:name`, or `:name:$DATA`; null for the file itself. */
  readonly streamName: string | null;
  /** `name_hash` of the entries with which the file goes once the last of all is closed. */
  readonly deletedNames: readonly number[];
}

const refMarker = 0xaef1aef1;
/** One for each name of a file by which it is to go. */
const maxTokens = 65_535;

/** @param key of its record, which it repeats */
export function decodeShareModeData(cursor: NdrCursor, layout: ShareModeLayout, key: string): ShareModeData {
  cursor.beginHere();
  if (layout.persistent) decodeDataHead(cursor);
  cursor.skipHyper(); // unique_content_epoch
  cursor.uint16(); // flags
  const hasServicePath = cursor.uniquePointer();
  const hasBaseName = cursor.uniquePointer();
  const hasStreamName = cursor.uniquePointer();
  if (!hasServicePath || !hasBaseName) cursor.fail('NDR_BAD_POINTER', 'a file without a path');
  if (layout.persistent) cursor.uint32(); // num_persistent
  const tokens = decodeTokens(cursor, layout);
  if (layout.privateOptions) {
    cursor.skipNttime(); // old_write_time
    cursor.skipNttime(); // changed_write_time
  }
  expectFileId(cursor, key);
  const servicePath = cursor.string();
  const baseName = cursor.string();
  const streamName = hasStreamName ? cursor.string() : null;
  for (const { hasNtToken, hasUnixToken } of tokens) {
    if (hasNtToken) decodeSecurityToken(cursor, layout.claims);
    if (hasUnixToken) decodeUnixToken(cursor);
  }
  return { servicePath, baseName, streamName, deletedNames: tokens.map(({ nameHash }) => nameHash) };
}

/** `share_mode_dataB`: version, epoch and flags once more, union arm and pointer. */
function decodeDataHead(cursor: NdrCursor): void {
  const version = cursor.uint32();
  cursor.skipHyper(); // unique_content_epoch
  cursor.uint16(); // flags
  const arm = cursor.uint32();
  if (version !== 1 || arm !== 1) cursor.fail('RECORD_BAD_VERSION', `version ${version}, arm ${arm} where 1 is known`);
  if (cursor.uint32() !== refMarker) cursor.fail('NDR_BAD_POINTER', "nothing points at the record's struct");
}

interface DeleteToken {
  readonly nameHash: number;
  readonly hasNtToken: boolean;
  readonly hasUnixToken: boolean;
}

function decodeTokens(cursor: NdrCursor, layout: ShareModeLayout): DeleteToken[] {
  const count = cursor.count(maxTokens);
  cursor.arraySize(count);
  const tokens: DeleteToken[] = [];
  for (let i = 0; i < count; i++) {
    if (layout.parentLeaseKey) cursor.align(8);
    const nameHash = cursor.uint32();
    if (layout.parentLeaseKey) {
      cursor.skipHyper();
      cursor.skipHyper();
    }
    if (layout.persistent) cursor.skipHyper(); // open_persistent_id
    tokens.push({ nameHash, hasNtToken: cursor.uniquePointer(), hasUnixToken: cursor.uniquePointer() });
  }
  return tokens;
}
