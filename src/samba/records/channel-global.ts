import type { NdrCursor } from '../ndr/index.ts';
import type { Layout } from './layouts.ts';
import { decodeServerId, type ServerId } from './server-id.ts';

/** `smbXsrv_channel_global` (smbXsrv.idl): one connection of a session. */
export interface ChannelGlobal {
  readonly serverId: ServerId;
  /** Microseconds since 1970. */
  readonly creationTime: number | null;
  /** `ipv4:ADDRESS:PORT` or `ipv6:ADDRESS:PORT`, without brackets. */
  readonly localAddress: string;
  readonly remoteAddress: string;
}

export function decodeChannelGlobal(cursor: NdrCursor, layout: Layout): ChannelGlobal {
  cursor.align(8);
  const serverId = decodeServerId(cursor);
  cursor.skipHyper(); // channel_id
  const creationTime = cursor.nttime();
  const localAddress = cursor.string();
  const remoteAddress = cursor.string();
  cursor.skipString(); // remote_name: the address again, or what DNS said
  cursor.skipBlob(); // signing_key_blob
  cursor.ignoredPointer();
  cursor.uint32(); // auth_session_info_seqnum
  cursor.ignoredPointer();
  if (layout.signingAlgo) cursor.uint16();
  cursor.uint16(); // encryption_cipher
  if (layout.openSession) cursor.u8(); // transport_type
  return { serverId, creationTime, localAddress, remoteAddress };
}
