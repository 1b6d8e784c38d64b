import type { Layout } from '../../../src/samba/records/index.ts';
import { type ClaimSets, packClaims } from './pack-claims.ts';
import type { NdrPacker } from './packer.ts';

/** What a packed `auth_session_info` says. Null where its pointer is to be NULL. */
export interface AuthRecord {
  readonly accountName?: string | null;
  readonly userPrincipalName?: string | null;
  readonly domainName?: string | null;
  readonly dnsDomainName?: string | null;
  readonly fullName?: string | null;
  readonly unixName?: string | null;
  readonly sanitizedUsername?: string | null;
  readonly sids?: readonly string[];
  /** In layouts from 4.20 on, like the device's SIDs. */
  readonly claims?: ClaimSets;
  readonly deviceSids?: readonly string[];
  readonly uid?: bigint;
  readonly gid?: bigint;
  readonly groups?: readonly bigint[];
  /** Structs whose pointer is NULL. */
  readonly without?: readonly ('token' | 'unixToken' | 'info' | 'unixInfo')[];
}

export const localSid = 'S-1-5-21-1111111111-2222222222-3333333333';

export const authDefaults: Required<AuthRecord> = {
  accountName: 'alice',
  userPrincipalName: null,
  domainName: 'SERVER',
  dnsDomainName: null,
  fullName: 'Alice Full-Name',
  unixName: 'unix-name',
  sanitizedUsername: 'sanitized',
  sids: [`${localSid}-1000`, `${localSid}-513`, 'S-1-1-0', 'S-1-5-2', 'S-1-5-11'],
  claims: { local: [], user: [], device: [] },
  deviceSids: [],
  uid: 1000n,
  gid: 100n,
  groups: [100n, 101n],
  without: [],
};

export function packAuthSessionInfo(packer: NdrPacker, layout: Layout, auth: Required<AuthRecord>, key: Buffer): void {
  const parts = [
    ['token', () => packToken(packer, layout, auth)],
    ['unixToken', () => packUnixToken(packer, auth)],
    ['info', () => packUserInfo(packer, layout, auth)],
    ['unixInfo', () => packTexts(packer, [auth.unixName, auth.sanitizedUsername])],
  ] as const;
  const present = parts.filter(([name]) => !auth.without.includes(name));
  for (const part of parts) packer.pointer(present.includes(part));
  packer.u32(0).blob(key).u32(0).guid();
  if (layout.ticketType) packer.u16(0);
  for (const [, packPart] of present) packPart();
}

export function packToken(
  packer: NdrPacker,
  layout: Pick<Layout, 'clientGuidAndClaims'>,
  auth: Pick<Required<AuthRecord>, 'sids' | 'claims' | 'deviceSids'>,
): void {
  packer.align(8).u32(auth.sids.length).u32(auth.sids.length);
  for (const sid of auth.sids) packer.sid(sid);
  packer.hyper(0n).u32(0);
  if (layout.clientGuidAndClaims) packClaims(packer, auth.claims, auth.deviceSids);
}

export function packUnixToken(
  packer: NdrPacker,
  { uid, gid, groups }: Pick<Required<AuthRecord>, 'uid' | 'gid' | 'groups'>,
): void {
  packer.u32(groups.length).hyper(uid).hyper(gid).u32(groups.length);
  for (const group of groups) packer.hyper(group);
}

function packUserInfo(packer: NdrPacker, layout: Layout, auth: Required<AuthRecord>): void {
  const { accountName, userPrincipalName, domainName, dnsDomainName, fullName } = auth;
  packer
    .pointer(accountName !== null)
    .pointer(userPrincipalName !== null)
    .u8(0);
  for (const text of [domainName, dnsDomainName, fullName]) packer.pointer(text !== null);
  for (let i = 0; i < 5; i++) packer.pointer(false);
  for (let i = 0; i < 6; i++) packer.nttime(0n);
  packer.u16(0).u16(0).u32(0x10);
  if (layout.userFlags) packer.u32(0x20);
  else packer.u8(1);
  for (const text of [accountName, userPrincipalName, domainName, dnsDomainName, fullName]) {
    if (text !== null) packer.string(text);
  }
}

function packTexts(packer: NdrPacker, texts: readonly (string | null)[]): void {
  for (const text of texts) packer.pointer(text !== null);
  for (const text of texts) if (text !== null) packer.string(text);
}
