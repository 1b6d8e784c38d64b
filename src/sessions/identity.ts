import { createHash } from 'node:crypto';
import { canonicalSid, domainOf, ridOf, wellKnownSids } from './sid.ts';

/** Where an identity comes from, in the contract's words. */
export type IdentityDomain =
  | 'LOCAL'
  | 'API_NULL_DOMAIN'
  | 'WORLD'
  | 'POSIX_USER'
  | 'POSIX_GROUP'
  | 'ACTIVE_DIRECTORY'
  | 'API_INVALID_DOMAIN'
  | 'API_RESERVED_DOMAIN'
  | 'API_INTERNAL_DOMAIN'
  | 'API_OPERATOR_DOMAIN'
  | 'API_CREATOR_DOMAIN';

/** Who a session's user is. Unknown parts are null. */
export interface Identity {
  readonly domain: IdentityDomain;
  /** A 64-bit number in decimal: a class of domain in the high half, the id in the low one. */
  readonly authId: string | null;
  readonly uid: number | null;
  readonly gid: number | null;
  /** In canonical form, see `canonicalSid`. */
  readonly sid: string | null;
  /** Bare for local accounts, `DOMAIN\user` for those of a directory. */
  readonly name: string | null;
  /** Every name that finds this user, folded by `foldName`: `user`, `domain\user`, `user@dns.domain`. */
  readonly names: readonly string[];
}

/** What a login left in the session's token. */
export interface TokenFacts {
  /** As Samba writes it. */
  readonly userSid: string | null;
  readonly isGuest: boolean;
  readonly uid: number | null;
  readonly gid: number | null;
  readonly accountName: string | null;
  readonly domainName: string | null;
  readonly dnsDomainName: string | null;
  readonly userPrincipalName: string | null;
  readonly unixName: string | null;
  /** Whether the account is one of the server's own, not of a directory. */
  readonly isLocal: boolean;
}

const guestRid = 501;

/** The identity of a session's user from the session's token alone: no look-up. */
export function identityOf(token: TokenFacts): Identity {
  const sid = token.userSid?.startsWith('S-1-22-') ? canonicalSid(token.userSid) : token.userSid;
  const { uid, gid, accountName: account, domainName } = token;
  const identity = (
    domain: IdentityDomain,
    authId: string | null,
    name: string | null,
    ...others: (string | null)[]
  ) => {
    const names = [name, ...others].filter((other) => other !== null).map(foldName);
    return { domain, authId, uid, gid, sid, name, names };
  };
  if (sid === wellKnownSids.anonymous) {
    return identity('API_NULL_DOMAIN', null, 'ANONYMOUS LOGON', 'NT AUTHORITY\\ANONYMOUS LOGON');
  }
  if (token.isGuest) return identity('LOCAL', String(guestRid), 'guest');
  if (sid?.startsWith('S-1-5-88-1-')) {
    const name = token.unixName ?? account;
    return identity('POSIX_USER', uidAuthId(ridOf(sid)), name, name && `Unix User\\${name}`);
  }
  const qualified = account === null ? null : `${domainName ?? ''}\\${account}`;
  if (token.isLocal) return identity('LOCAL', sid === null ? null : String(ridOf(sid)), account, qualified);
  const principal = account && token.dnsDomainName && `${account}@${token.dnsDomainName}`;
  const { userPrincipalName } = token;
  const authId = sid === null ? null : directoryAuthId(sid);
  return identity('ACTIVE_DIRECTORY', authId, qualified, account, principal, userPrincipalName);
}

/** The form in which names are compared: without regard to case or to how accents are encoded. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

export function uidAuthId(uid: number): string {
  return String((3n << 32n) + BigInt(uid));
}

/** The class is a hash of the domain's SID, so that it is the same on every node; never one that has another meaning. */
export function directoryAuthId(sid: string): string {
  const hash = createHash('sha256').update(domainOf(sid)).digest('hex').slice(0, 8);
  const domainClass = 5n + (BigInt(`0x${hash}`) % 0xffff_ffe0n);
  return String((domainClass << 32n) + BigInt(ridOf(sid)));
}
