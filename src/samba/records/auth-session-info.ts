import type { NdrCursor } from '../ndr/index.ts';
import type { Layout } from './layouts.ts';
import { decodeSecurityToken, decodeUnixToken } from './tokens.ts';

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
  if (hasToken) auth.userSid = decodeSecurityToken(cursor, layout.clientGuidAndClaims);
  if (hasUnixToken) Object.assign(auth, decodeUnixToken(cursor));
  if (hasInfo) fillUserInfo(auth, cursor, layout);
  if (hasUnixInfo) fillUserInfoUnix(auth, cursor);
  return auth;
}

type Filling = { -readonly [K in keyof AuthSessionInfo]: AuthSessionInfo[K] };

/** `auth_user_info` */
function fillUserInfo(auth: Filling, cursor: NdrCursor, layout: Layout): void {
  const hasAccountName = cursor.uniquePointer();
  const hasUserPrincipalName = cursor.uniquePointer();
  cursor.u8(); // user_principal_constructed
  const hasDomainName = cursor.uniquePointer();
  const hasDnsDomainName = cursor.uniquePointer();
  let others = 0; // full_name, logon_script, profile_path, home_directory, home_drive, logon_server
  for (let i = 0; i < 6; i++) if (cursor.uniquePointer()) others++;
  cursor.skip(6 * 8); // six NTTIMEs
  cursor.skip(2 + 2 + 4); // logon_count, bad_password_count, acct_flags
  // Opposite meanings in the same place, mostly of the same size by padding: never used.
  if (layout.userFlags) cursor.uint32();
  else cursor.u8(); // authenticated
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
