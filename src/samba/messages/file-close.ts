import { putU64 } from '../bytes/index.ts';
import type { ServerId, ShareModeEntry } from '../records/index.ts';
import { encodeMessage, messageTypes } from './message.ts';

/**
 * How a release wants to be told of a file. `raw`: up to 4.20, which does not look at the length, and would read beyond
 * the end of the other form. `ndr`: from 4.21 on, which takes nothing of another length.
 */
export type FileCloseForm = 'raw' | 'ndr';

/** `OP_BREAK_MSG_*_OFFSET` of smb.h: of a whole share mode entry only these are looked at. */
const raw = { bytes: 76, fileIdAt: 34, shareFileIdAt: 58 } as const;
/** `oplock_break_message` (open_files.idl): file id, share file id, and an octet. */
const ndr = { bytes: 33, fileIdAt: 0, shareFileIdAt: 24 } as const;

/**
 * MSG_SMB_CLOSE_FILE, what smbd sends itself for NetFileClose (`ndr` seen on 4.22, 4.24, 4.25; `raw` taken by 4.13, 4.17).
 * Its process closes the open that has both ids, and does nothing where there is none.
 *
 * @param fileId 48 hexadecimal digits, the key of its share mode entries
 */
export function encodeFileClose(
  fileId: string,
  { shareFileId }: Pick<ShareModeEntry, 'shareFileId'>,
  form: FileCloseForm,
  to: ServerId,
): Buffer {
  const { bytes, fileIdAt, shareFileIdAt } = form === 'raw' ? raw : ndr;
  const payload = Buffer.alloc(bytes);
  payload.write(fileId, fileIdAt, 'hex');
  // The raw form has its low half only, and zeros behind it that nobody looks at: counts are that small.
  putU64(payload, shareFileIdAt, shareFileId);
  return encodeMessage(to, messageTypes.fileClose, payload);
}
