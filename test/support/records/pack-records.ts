import type { Layout } from '../../../src/samba/records/index.ts';
import { type NdrPacker, packHead } from './packer.ts';

/** What a packed session record says. Everything has a plain default. */
export interface SessionRecord {
  readonly id: number;
  readonly creationTime?: bigint;
  readonly hasAuthenticated?: boolean;
  readonly channels?: number;
  readonly remoteAddress?: string;
  readonly accountName?: string;
  readonly domainName?: string;
  readonly sids?: readonly string[];
  readonly uid?: bigint;
  readonly groups?: readonly bigint[];
  readonly pid?: number;
  readonly uniqueId?: bigint;
  readonly encryptionFlags?: number;
  readonly watchers?: number;
  /** Number of local claims in the token; the claims themselves are not packed. */
  readonly claims?: number;
}

export const someTime = 134_400_300_502_777_410n;
/** Stands where a real record has a key: nothing that is read may ever hold it. */
export const keyBytes = Buffer.from('5ec4e7'.repeat(6).slice(0, 32), 'hex');
const localSid = 'S-1-5-21-1111111111-2222222222-3333333333';

/** A `smbXsrv_session_global` record with its watch header, as a server with this layout would store it. */
export function packSession(layout: Layout, session: SessionRecord): Buffer {
  const { channels = 1, hasAuthenticated = true } = session;
  const packer = packHead(layout).align(8).u32(0).u32(session.id).hyper(BigInt(session.id));
  packer
    .nttime(session.creationTime ?? someTime)
    .nttime(0x7fff_ffff_ffff_ffffn)
    .nttime(someTime + 5n)
    .u32(1);
  packer.pointer(hasAuthenticated).u16(0x0311);
  if (layout.clientGuidAndClaims) packer.guid();
  packer.u8(0);
  if (layout.signingAlgo) packer.u16(1);
  packer.u8(session.encryptionFlags ?? 0);
  if (layout.signingAlgo) packer.u16(2);
  for (let i = 0; i < 3; i++) packer.blob(keyBytes).u32(0);
  packer.blob(keyBytes);
  if (layout.signingAlgo) packer.u32(0);
  packer.u32(channels);
  for (let i = 0; i < channels; i++) packChannel(packer, layout, session);
  if (hasAuthenticated) packAuthSessionInfo(packer, layout, session);
  const watchers = Buffer.alloc(4 + 32 * (session.watchers ?? 0));
  watchers[0] = session.watchers ?? 0;
  return Buffer.concat([watchers, packer.toBuffer()]);
}

function packServerId(packer: NdrPacker, pid = 4711, uniqueId = 99n): NdrPacker {
  return packer.align(8).hyper(BigInt(pid)).u32(0).u32(0xffffffff).hyper(uniqueId);
}

function packChannel(packer: NdrPacker, layout: Layout, session: SessionRecord): void {
  packServerId(packer, session.pid, session.uniqueId)
    .hyper(1n)
    .nttime(session.creationTime ?? someTime);
  packer
    .string('ipv4:192.0.2.1:445')
    .string(session.remoteAddress ?? 'ipv4:192.0.2.77:50123')
    .string('client');
  packer.blob(keyBytes).u32(0).u32(1).u32(0);
  if (layout.signingAlgo) packer.u16(1);
  packer.u16(2);
  if (layout.openSession) packer.u8(1);
}

function packAuthSessionInfo(packer: NdrPacker, layout: Layout, session: SessionRecord): void {
  for (let i = 0; i < 4; i++) packer.pointer(true);
  packer.u32(0).blob(keyBytes).u32(0).guid();
  if (layout.ticketType) packer.u16(0);
  packToken(
    packer,
    layout,
    session.claims ?? 0,
    session.sids ?? [`${localSid}-1000`, `${localSid}-513`, 'S-1-1-0', 'S-1-5-2', 'S-1-5-11'],
  );
  const groups = session.groups ?? [100n, 101n];
  packer
    .u32(groups.length)
    .hyper(session.uid ?? 1000n)
    .hyper(100n)
    .u32(groups.length);
  for (const group of groups) packer.hyper(group);
  packUserInfo(packer, layout, session);
  packer.pointer(true).pointer(true).string('unix-name').string('sanitized');
}

function packToken(packer: NdrPacker, layout: Layout, claims: number, sids: readonly string[]): void {
  packer.align(8).u32(sids.length).u32(sids.length);
  for (const sid of sids) packer.sid(sid);
  packer.hyper(0n).u32(0);
  if (!layout.clientGuidAndClaims) return;
  packer.u32(claims);
  for (let i = 0; i < 3; i++) packer.u32(0);
  for (let i = 0; i < 4; i++) packer.u32(0);
  packer.u16(2);
}

function packUserInfo(packer: NdrPacker, layout: Layout, session: SessionRecord): void {
  packer.pointer(true).pointer(false).u8(0).pointer(true).pointer(false);
  packer.pointer(true);
  for (let i = 0; i < 5; i++) packer.pointer(false);
  for (let i = 0; i < 6; i++) packer.nttime(0n);
  packer.u16(0).u16(0).u32(0x10);
  if (layout.openDbRec) packer.u8(1);
  else packer.u32(0x20);
  packer
    .string(session.accountName ?? 'alice')
    .string(session.domainName ?? 'SERVER')
    .string('Alice Full-Name');
}

export interface TconRecord {
  readonly id: number;
  readonly sessionId: number;
  readonly shareName: string;
  readonly encryptionFlags?: number;
}

/** A `smbXsrv_tcon_global` record. */
export function packTcon(layout: Layout, tcon: TconRecord): Buffer {
  const packer = packHead(layout).align(8).u32(0).u32(tcon.id).u32(1);
  packServerId(packer)
    .nttime(someTime)
    .string(tcon.shareName)
    .u8(tcon.encryptionFlags ?? 0);
  return packer.u32(tcon.sessionId).u8(0).toBuffer();
}

export interface OpenRecord {
  readonly id: number;
  readonly sessionId: number;
  readonly tconId: number;
  readonly owner?: string;
  readonly pid?: number;
  readonly uniqueId?: bigint;
  readonly isDisconnected?: boolean;
}

/** A `smbXsrv_open_global` record. */
export function packOpen(layout: Layout, open: OpenRecord): Buffer {
  const packer = packHead(layout).align(8);
  if (layout.openDbRec) packer.u32(0);
  if (open.isDisconnected) packer.align(8).raw(Buffer.alloc(24, 0xff));
  else packServerId(packer, open.pid, open.uniqueId);
  if (layout.openSession) packer.hyper(BigInt(open.sessionId)).u32(open.tconId);
  packer.u32(open.id).hyper(BigInt(open.id)).hyper(5n);
  if (layout.version === 1) packer.hyper(1n).hyper(2n).hyper(0n).u32(77);
  packer
    .sid(open.owner ?? `${localSid}-1000`)
    .nttime(someTime)
    .guid()
    .guid()
    .guid();
  if (layout.version === 1) packer.hyper(0n).hyper(0n);
  if (layout.openSession) packer.u32(1);
  packer.nttime(0n).u32(0).u8(0);
  if (layout.version === 1) packer.u8(0);
  packer.blob(Buffer.from('cookie!')).u16(0).hyper(0n).raw(Buffer.alloc(64));
  return packer.toBuffer();
}
