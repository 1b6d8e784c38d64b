import { putU32, putU64 } from '../bytes/index.ts';
import type { ServerId } from '../records/index.ts';

/** `messaging_type` (librpc/idl/messaging.idl). */
export const messageTypes = { fileClose: 0x0313, sessionClose: 0x0600 } as const;

export const headerBytes = 60;
/** More would have to be sent in pieces. */
const maxDatagramBytes = 1024;

/**
 * A message to an smbd as one datagram, see `messages_dgm.c` and `messages_util.c` (seen on 4.17, 4.22, 4.24, 4.25): a
 * cookie, 0 for a whole message; who gets it; who sends it, all 0 for somebody who is no Samba process; its type.
 *
 * @throws RangeError where it does not fit
 */
export function encodeMessage(to: ServerId, type: number, payload: Buffer): Buffer {
  const bytes = Buffer.alloc(headerBytes + payload.length);
  if (bytes.length > maxDatagramBytes) throw new RangeError(`a message of ${bytes.length} bytes is no datagram`);
  putU64(bytes, 8, BigInt(to.pid));
  putU32(bytes, 16, to.taskId);
  putU32(bytes, 20, to.vnn);
  putU64(bytes, 24, to.uniqueId);
  putU32(bytes, 56, type);
  payload.copy(bytes, headerBytes);
  return bytes;
}
