import { type NdrCursor, nttimeToMicros } from '../ndr/index.ts';
import { type AuthSessionInfo, decodeAuthSessionInfo } from './auth-session-info.ts';
import { type ChannelGlobal, decodeChannelGlobal } from './channel-global.ts';
import { decodeFlags, decodeHead, encryptionFlags, signingFlags } from './head.ts';
import type { Layout } from './layouts.ts';

/** What is read of `smbXsrv_session_global` (smbXsrv.idl; seen on 4.13, 4.17, 4.22, 4.24, 4.25). */
export interface SessionGlobal {
  /** Of the record, and of the messages that its smbd takes for it. */
  readonly version: Layout['version'];
  readonly sessionGlobalId: number;
  /** What its client names it by: its low half is the global id, but for SMB1, which has a 16-bit uid. */
  readonly sessionWireId: bigint;
  /** NTTIME as it stands: with the id, the session's name for ever. */
  readonly creationTime: bigint;
  /** The same in microseconds since 1970. */
  readonly createdAt: number | null;
  /** Microseconds since 1970; null for never. */
  readonly expirationTime: number | null;
  /** When the last authentication ended, in microseconds since 1970; null before the first. */
  readonly authTime: number | null;
  /** Null while the session has not authenticated for the first time. */
  readonly authSessionInfo: AuthSessionInfo | null;
  /** SMB2 dialect revision ([MS-SMB2] 2.2.4), 0 for SMB1. */
  readonly connectionDialect: number;
  readonly signingFlags: number;
  readonly encryptionFlags: number;
  /** [MS-SMB2] 2.2.3.1.2; null before 4.15, where only the channels say it. */
  readonly encryptionCipher: number | null;
  /** Empty while smbd tears the session down. */
  readonly channels: readonly ChannelGlobal[];
}

const dialects = new Set([0, 0x0202, 0x0210, 0x0222, 0x0224, 0x0300, 0x0302, 0x0310, 0x0311]);
/** The IDL's own `range(1, 1024)`; smbd stores 0 during the teardown all the same. */
const maxChannels = 1024;

/**
 * @param key the record's key: `session_global_id`
 * @throws DecodeError where the record is none of this layout
 */
export function decodeSessionGlobal(cursor: NdrCursor, layout: Layout, key: number): SessionGlobal {
  decodeHead(cursor, layout);
  cursor.align(8);
  cursor.ignoredPointer(); // db_rec
  const sessionGlobalId = cursor.uint32();
  if (sessionGlobalId !== key) cursor.fail('RECORD_KEY_MISMATCH', `session ${sessionGlobalId} under key ${key}`);
  const sessionWireId = cursor.hyper();
  const creationTime = cursor.rawNttime();
  const createdAt = nttimeToMicros(creationTime);
  const expirationTime = cursor.nttime();
  const authTime = cursor.nttime();
  cursor.uint32(); // auth_session_info_seqnum
  const hasAuthSessionInfo = cursor.uniquePointer();
  const connectionDialect = cursor.uint16();
  if (!dialects.has(connectionDialect)) {
    cursor.fail('RECORD_BAD_VALUE', `0x${connectionDialect.toString(16)} is no dialect`);
  }
  if (layout.clientGuidAndClaims) cursor.skipGuid();
  const signing = decodeFlags(cursor, signingFlags);
  if (layout.signingAlgo) cursor.uint16();
  const encryption = decodeFlags(cursor, encryptionFlags);
  const encryptionCipher = layout.signingAlgo ? cursor.uint16() : null;
  skipKeys(cursor, layout);
  const channels = decodeChannels(cursor, layout);
  const authSessionInfo = hasAuthSessionInfo ? decodeAuthSessionInfo(cursor, layout) : null;
  return {
    version: layout.version,
    sessionGlobalId,
    sessionWireId,
    creationTime,
    createdAt,
    expirationTime,
    authTime,
    authSessionInfo,
    connectionDialect,
    signingFlags: signing,
    encryptionFlags: encryption,
    encryptionCipher,
    channels,
  };
}

/** Signing, encryption, decryption and application key, each with an ignored pointer behind (the last since 4.15). */
function skipKeys(cursor: NdrCursor, layout: Layout): void {
  for (let i = 0; i < 3; i++) {
    cursor.skipBlob();
    cursor.ignoredPointer();
  }
  cursor.skipBlob();
  if (layout.signingAlgo) cursor.ignoredPointer();
}

function decodeChannels(cursor: NdrCursor, layout: Layout): ChannelGlobal[] {
  const count = cursor.uint32();
  if (count > maxChannels) cursor.fail('NDR_BAD_COUNT', `${count} channels`);
  const channels: ChannelGlobal[] = [];
  for (let i = 0; i < count; i++) channels.push(decodeChannelGlobal(cursor, layout));
  return channels;
}
