/** @module Accounts beyond the live sessions: what winbindd, passwd, group and passdb know of them. */
export { WinbindClient, type WinbindOptions } from './client.ts';
export { WinbindError } from './connection.ts';
export {
  accountOfSid,
  askInterfaceVersion,
  domainSids,
  isDomainReachable,
  sidOfId,
  sidOfName,
  type WinbindAccount,
} from './look-ups.ts';
export { type PassdbPlace, readPassdb, readServerSid } from './passdb.ts';
export { readUnixAccounts, type UnixAccounts, type UnixUser } from './passwd.ts';
