import { putU32, putU64 } from '../bytes/index.ts';
import type { ServerId, SessionGlobal } from '../records/index.ts';
import { encodeMessage, messageTypes } from './message.ts';

/** What names a session to its smbd, which ignores a message where one of them differs. */
export type SessionNames = Pick<SessionGlobal, 'version' | 'sessionGlobalId' | 'sessionWireId' | 'creationTime'>;

const payloadBytes = 48;
/** A unique pointer's first referent, or the marker of a `ref` pointer. */
const pointers = { 0: 0x0002_0000, 1: 0xaef1_aef1 } as const;

/**
 * `smbXsrv_session_closeB` (smbXsrv.idl; seen on 4.17, 4.22, 4.24, 4.25): what an smbd sends to another when a client has
 * replaced a session of the other by a new one. There is no new one here: its wire id stays 0.
 */
export function encodeSessionClose(session: SessionNames, to: ServerId): Buffer {
  const payload = Buffer.alloc(payloadBytes);
  putU32(payload, 0, session.version);
  putU32(payload, 8, session.version);
  putU32(payload, 12, pointers[session.version]);
  putU32(payload, 16, session.sessionGlobalId);
  putU64(payload, 24, session.sessionWireId);
  putU64(payload, 32, session.creationTime);
  return encodeMessage(to, messageTypes.sessionClose, payload);
}
