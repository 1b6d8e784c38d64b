import type { Layout } from '../../../src/samba/records/index.ts';
import { type AuthRecord, authDefaults, localSid, packAuthSessionInfo } from './pack-auth-session-info.ts';
import { NdrPacker } from './packer.ts';

export const someTime = 134_400_300_502_777_410n;
/** Stands where a real record has a key: nothing that is read may ever hold it. */
export const keyBytes = Buffer.from('5ec4e7'.repeat(6).slice(0, 32), 'hex');

/** What a packed session record says. Everything has a plain default. */
export interface SessionRecord extends AuthRecord {
  readonly id: number;
  readonly creationTime?: bigint;
  readonly expirationTime?: bigint;
  readonly hasAuthenticated?: boolean;
  readonly dialect?: number;
  readonly signingFlags?: number;
  readonly encryptionFlags?: number;
  readonly hasKeys?: boolean;
  readonly channels?: number;
  readonly localAddress?: string;
  readonly remoteAddress?: string;
  /** Of each channel, where they differ: instead of `channels` and `remoteAddress`. */
  readonly remoteAddresses?: readonly string[];
  readonly remoteName?: string;
  readonly pid?: number;
  readonly uniqueId?: bigint;
  readonly watchers?: number;
}

export function completeSession(session: SessionRecord): Required<SessionRecord> {
  const { channels = 1, remoteAddress = 'ipv4:192.0.2.77:50123' } = session;
  const remoteAddresses = session.remoteAddresses ?? Array.from({ length: channels }, () => remoteAddress);
  return {
    ...authDefaults,
    creationTime: someTime,
    expirationTime: 0x7fff_ffff_ffff_ffffn,
    hasAuthenticated: true,
    dialect: 0x0311,
    signingFlags: 0,
    encryptionFlags: 0,
    hasKeys: true,
    localAddress: 'ipv4:192.0.2.1:445',
    remoteName: 'client',
    pid: 4711,
    uniqueId: 99n,
    watchers: 0,
    ...session,
    channels: remoteAddresses.length,
    remoteAddress,
    remoteAddresses,
  };
}

/** A `smbXsrv_session_global` record with its watch header, as a server with this layout would store it. */
export function packSession(layout: Layout, session: SessionRecord): Buffer {
  const watchers = Buffer.alloc(4 + 32 * (session.watchers ?? 0));
  watchers[0] = session.watchers ?? 0;
  return Buffer.concat([watchers, packSessionGlobal(layout, session)]);
}

/** The same without a watch header. */
export function packSessionGlobal(layout: Layout, record: SessionRecord): Buffer {
  const session = completeSession(record);
  const key = session.hasKeys ? keyBytes : Buffer.alloc(0);
  const packer = packHead(layout).align(8).u32(0).u32(session.id).hyper(BigInt(session.id));
  packer.nttime(session.creationTime).nttime(session.expirationTime);
  packer.nttime(someTime + 5n).u32(1);
  packer.pointer(session.hasAuthenticated).u16(session.dialect);
  if (layout.clientGuidAndClaims) packer.guid();
  packer.u8(session.signingFlags);
  if (layout.signingAlgo) packer.u16(1);
  packer.u8(session.encryptionFlags);
  if (layout.signingAlgo) packer.u16(2);
  for (let i = 0; i < 3; i++) packer.blob(key).u32(0);
  packer.blob(key);
  if (layout.signingAlgo) packer.u32(0);
  packer.u32(session.channels);
  for (const remoteAddress of session.remoteAddresses) packChannel(packer, layout, session, remoteAddress, key);
  if (session.hasAuthenticated) packAuthSessionInfo(packer, layout, session, key);
  return packer.toBuffer();
}

function packChannel(
  packer: NdrPacker,
  layout: Layout,
  session: Required<SessionRecord>,
  remoteAddress: string,
  key: Buffer,
): void {
  packServerId(packer, session.pid, session.uniqueId).hyper(1n).nttime(session.creationTime);
  packer.string(session.localAddress).string(remoteAddress).string(session.remoteName);
  packer.blob(key).u32(0).u32(1).u32(0);
  if (layout.signingAlgo) packer.u16(1);
  packer.u16(2);
  if (layout.openSession) packer.u8(1);
}

export interface TconRecord {
  readonly id: number;
  readonly sessionId: number;
  /** Null for a tree connect that is being made, as smbd stores it before 4.17.8 and 4.18.2. */
  readonly shareName: string | null;
  /** NTTIME. */
  readonly creationTime?: bigint;
  readonly encryptionFlags?: number;
  readonly signingFlags?: number;
}

export function completeTcon(tcon: TconRecord): Required<TconRecord> {
  return { creationTime: someTime, encryptionFlags: 0, signingFlags: 0, ...tcon };
}

/** A `smbXsrv_tcon_global` record. */
export function packTcon(layout: Layout, record: TconRecord): Buffer {
  const tcon = completeTcon(record);
  const packer = packHead(layout).align(8).u32(0).u32(tcon.id).u32(1);
  packServerId(packer).nttime(tcon.creationTime);
  if (tcon.shareName === null) packer.u32(0).u32(0).u32(0);
  else packer.string(tcon.shareName);
  packer.u8(tcon.encryptionFlags).u32(tcon.sessionId).u8(tcon.signingFlags);
  return packer.toBuffer();
}

export interface OpenRecord {
  readonly id: number;
  readonly sessionId: number;
  readonly tconId: number;
  readonly owner?: string;
  readonly pid?: number;
  readonly uniqueId?: bigint;
  readonly isDisconnected?: boolean;
  readonly isDurable?: boolean;
  /** Stored for a durable handle. */
  readonly cookie?: string;
}

export function completeOpen(open: OpenRecord): Required<OpenRecord> {
  const owner = `${localSid}-1000`;
  return { owner, pid: 4711, uniqueId: 99n, isDisconnected: false, isDurable: false, cookie: 'cookie!', ...open };
}

/** A `smbXsrv_open_global` record. */
export function packOpen(layout: Layout, record: OpenRecord): Buffer {
  const open = completeOpen(record);
  const packer = packHead(layout).align(8);
  if (layout.openDbRec) packer.u32(0);
  if (open.isDisconnected) packer.align(8).raw(Buffer.alloc(24, 0xff));
  else packServerId(packer, open.pid, open.uniqueId);
  if (layout.openSession) packer.hyper(BigInt(open.sessionId)).u32(open.tconId);
  packer.u32(open.id).hyper(BigInt(open.id)).hyper(5n);
  if (layout.version === 1) packer.hyper(1n).hyper(2n).hyper(0n).u32(77);
  packer.sid(open.owner).nttime(someTime).guid().guid().guid();
  if (layout.version === 1) packer.hyper(0n).hyper(0n);
  if (layout.openSession) packer.u32(1);
  packer.nttime(0n).u32(0).u8(Number(open.isDurable));
  if (layout.version === 1) packer.u8(0);
  packer.blob(Buffer.from(open.cookie)).u16(0).hyper(0n).raw(Buffer.alloc(64));
  return packer.toBuffer();
}

function packServerId(packer: NdrPacker, pid = 4711, uniqueId = 99n): NdrPacker {
  return packer.align(8).hyper(BigInt(pid)).u32(0).u32(0xffffffff).hyper(uniqueId);
}

/** The head of a record: version, seqnum, union arm, pointer. */
function packHead(layout: Layout): NdrPacker {
  // A ref pointer's marker takes no number, so that those behind it begin one step lower.
  const packer = new NdrPacker(layout.version === 0 ? 0x00020004 : 0x00020000);
  packer.u32(layout.version).u32(7).u32(layout.version);
  return packer.u32(layout.version === 0 ? 0x00020000 : 0xaef1aef1);
}
