import type { NdrCursor } from '../ndr/index.ts';
import type { Layout } from './layouts.ts';

/** What is read of `auth_session_info` (librpc/idl/auth.idl). Null where a pointer in it is NULL. */
export interface AuthSessionInfo {
  /** First SID of the token: the user. */
  readonly userSid: string | null;
  readonly uid: number | null;
  readonly gid: number | null;
  readonly accountName: string | null;
  readonly userPrincipalName: string | null;
  readonly domainName: string | null;
  readonly dnsDomainName: string | null;
  readonly unixName: string | null;
}

/** A token of more SIDs or groups than a Kerberos ticket can carry is none. */
const maxSids = 65_536;
const maxClaims = 4096;

export function decodeAuthSessionInfo(cursor: NdrCursor, layout: Layout): AuthSessionInfo {
  const hasToken = cursor.uniquePointer();
  const hasUnixToken = cursor.uniquePointer();
  const hasInfo = cursor.uniquePointer();
  const hasUnixInfo = cursor.uniquePointer();
  cursor.ignoredPointer(); // torture
  cursor.skipBlob(); // session_key
  cursor.ignoredPointer(); // credentials
  cursor.skipGuid(); // unique_session_token
  if (layout.ticketType) cursor.uint16();
  // One object that each part fills: there is one a session, in lists of 100,000.
  const auth: Filling = {
    userSid: null,
    uid: null,
    gid: null,
    accountName: null,
    userPrincipalName: null,
    domainName: null,
    dnsDomainName: null,
    unixName: null,
  };
  if (hasToken) fillSecurityToken(auth, cursor, layout);
  if (hasUnixToken) fillUnixToken(auth, cursor);
  if (hasInfo) fillUserInfo(auth, cursor);
  if (hasUnixInfo) fillUserInfoUnix(auth, cursor);
  return auth;
}

type Filling = { -readonly [K in keyof AuthSessionInfo]: AuthSessionInfo[K] };

/** `security_token` (librpc/idl/security.idl): the first SID is the user's. */
function fillSecurityToken(auth: Filling, cursor: NdrCursor, layout: Layout): void {
  cursor.align(8);
  const count = decodeCount(cursor, maxSids);
  decodeMaximum(cursor, count);
  if (count > 0) auth.userSid = cursor.sid();
  for (let i = 1; i < count; i++) cursor.skipSid();
  cursor.skipHyper(); // privilege_mask
  cursor.uint32(); // rights_mask
  if (layout.clientGuidAndClaims) skipClaims(cursor);
}

/** Counts of local, user and device claims and of device SIDs, then the arrays, then `evaluate_claims`. */
function skipClaims(cursor: NdrCursor): void {
  const claims = cursor.uint32() + cursor.uint32() + cursor.uint32();
  const deviceSids = decodeCount(cursor, maxSids);
  if (claims > maxClaims) cursor.fail('NDR_BAD_COUNT', `a count of ${claims} claims`);
  if (claims !== 0) cursor.fail('RECORD_HAS_CLAIMS', `${claims} claims in the token, which are not read yet`);
  for (let i = 0; i < 3; i++) decodeMaximum(cursor, 0);
  decodeMaximum(cursor, deviceSids);
  for (let i = 0; i < deviceSids; i++) cursor.skipSid();
  cursor.uint16();
}

/** `security_unix_token`; the conformant count of its groups is hoisted to its front. */
function fillUnixToken(auth: Filling, cursor: NdrCursor): void {
  const maximum = cursor.uint32();
  auth.uid = cursor.hyperNumber();
  auth.gid = cursor.hyperNumber();
  const groups = decodeCount(cursor, maxSids);
  if (groups !== maximum) cursor.fail('NDR_BAD_COUNT', `${groups} groups in an array of ${maximum}`);
  if (groups > 0) cursor.align(8);
  cursor.skip(8 * groups);
}

/** `auth_user_info`. Its last field is a byte before 4.19 and 32 bits from then on; padding makes them one size. */
function fillUserInfo(auth: Filling, cursor: NdrCursor): void {
  const hasAccountName = cursor.uniquePointer();
  const hasUserPrincipalName = cursor.uniquePointer();
  cursor.u8(); // user_principal_constructed
  const hasDomainName = cursor.uniquePointer();
  const hasDnsDomainName = cursor.uniquePointer();
  let others = 0; // full_name, logon_script, profile_path, home_directory, home_drive, logon_server
  for (let i = 0; i < 6; i++) if (cursor.uniquePointer()) others++;
  cursor.skip(6 * 8); // six NTTIMEs
  cursor.skip(2 + 2 + 4); // logon_count, bad_password_count, acct_flags
  cursor.u8(); // authenticated or user_flags: opposite meanings in the same place, so never used
  if (hasAccountName) auth.accountName = cursor.string();
  if (hasUserPrincipalName) auth.userPrincipalName = cursor.string();
  if (hasDomainName) auth.domainName = cursor.string();
  if (hasDnsDomainName) auth.dnsDomainName = cursor.string();
  for (let i = 0; i < others; i++) cursor.skipString();
}

/** `auth_user_info_unix` */
function fillUserInfoUnix(auth: Filling, cursor: NdrCursor): void {
  const hasUnixName = cursor.uniquePointer();
  const hasSanitizedUsername = cursor.uniquePointer();
  if (hasUnixName) auth.unixName = cursor.string();
  if (hasSanitizedUsername) cursor.skipString();
}

function decodeCount(cursor: NdrCursor, limit: number): number {
  const count = cursor.uint32();
  if (count > limit) cursor.fail('NDR_BAD_COUNT', `a count of ${count}`);
  return count;
}

function decodeMaximum(cursor: NdrCursor, count: number): void {
  const maximum = cursor.uint32();
  if (maximum !== count) cursor.fail('NDR_BAD_COUNT', `${count} elements in an array of ${maximum}`);
}
