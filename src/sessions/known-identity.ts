import { directoryAuthId, foldName, type Identity, type IdentityDomain, uidAuthId } from './identity.ts';
import type { IdentityQuery } from './identity-query.ts';
import { canonicalSid, ridOf, wellKnownSids } from './sid.ts';

/** Identities that are no session's user's alone: groups, plain unix accounts, and those that every server has. */

export function gidAuthId(gid: number): string {
  return String((4n << 32n) + BigInt(gid));
}

/** A uid as such: what a user is to the unix below Samba. */
export function posixUser({ uid, gid, name }: Pick<Identity, 'uid' | 'gid' | 'name'> & { uid: number }): Identity {
  return identity('POSIX_USER', uidAuthId(uid), { uid, gid, sid: `S-1-5-88-1-${uid}` }, name, `Unix User\\${name}`);
}

/** A gid as such. */
export function posixGroup(gid: number, name: string | null): Identity {
  const ids = { uid: null, gid, sid: `S-1-5-88-2-${gid}` };
  return identity('POSIX_GROUP', gidAuthId(gid), ids, name, `Unix Group\\${name}`);
}

export interface GroupFacts {
  /** As Samba writes it. */
  readonly sid: string;
  readonly gid: number | null;
  readonly domainName: string;
  readonly name: string;
  /** Whether the group is one of the server's own, not of a directory. */
  readonly isLocal: boolean;
}

/** A group that has a SID of Windows' kind. */
export function windowsGroup({ sid, gid, domainName, name, isLocal }: GroupFacts): Identity {
  const known = wellKnownIdentity({ kind: 'sid', sid });
  if (known !== undefined) return { ...known, gid };
  const ids = { uid: null, gid, sid: canonicalSid(sid) ?? sid };
  const qualified = `${domainName}\\${name}`;
  if (!sid.startsWith('S-1-5-21-')) return identity('API_NULL_DOMAIN', null, ids, name, qualified);
  return isLocal
    ? identity('LOCAL', String(ridOf(sid)), ids, name, qualified)
    : identity('ACTIVE_DIRECTORY', directoryAuthId(sid), ids, qualified, name);
}

/** Those that every server has, with the numbers that the contract gives them. */
const wellKnown: readonly Identity[] = [
  identity('WORLD', String(2n << 32n), noIds(wellKnownSids.everyone), 'Everyone'),
  identity('API_NULL_DOMAIN', null, noIds(wellKnownSids.anonymous), 'ANONYMOUS LOGON', 'NT AUTHORITY\\ANONYMOUS LOGON'),
  identity('API_CREATOR_DOMAIN', String(0xffff_ffffn << 32n), noIds('S-1-3-0'), 'CREATOR OWNER'),
  identity('LOCAL', '512', noIds('S-1-5-32-544'), 'Administrators', 'BUILTIN\\Administrators'),
  identity('LOCAL', '513', noIds('S-1-5-32-545'), 'Users', 'BUILTIN\\Users'),
  identity('LOCAL', '514', noIds('S-1-5-32-546'), 'Guests', 'BUILTIN\\Guests'),
];

/** The one of those that is meant. */
export function wellKnownIdentity(query: IdentityQuery): Identity | undefined {
  switch (query.kind) {
    case 'sid':
      return wellKnown.find(({ sid }) => sid === query.sid);
    case 'auth_id':
      return wellKnown.find(({ authId }) => authId === query.authId);
    case 'name':
      return wellKnown.find(({ names }) => names.includes(foldName(query.name)));
    default:
      return undefined;
  }
}

/**
 * Whether two identities are one user's: by SID, or by uid where one of them says no more than that. Two users of Samba
 * that share a uid stay two; guests and anonymous logons share theirs with an account of the system that they are not.
 */
export function isSameUser(a: Identity, b: Identity): boolean {
  if (a.sid !== null && a.sid === b.sid) return true;
  if (a.uid === null || a.uid !== b.uid || isStranger(a) || isStranger(b)) return false;
  return isUnixOnly(a) || isUnixOnly(b);
}

/** A guest or an anonymous logon. */
export function isStranger({ domain, authId }: Identity): boolean {
  return domain === 'API_NULL_DOMAIN' || (domain === 'LOCAL' && authId === '501');
}

function isUnixOnly({ domain, sid }: Identity): boolean {
  return sid === null || domain === 'POSIX_USER';
}

function noIds(sid: string) {
  return { uid: null, gid: null, sid };
}

function identity(
  domain: IdentityDomain,
  authId: string | null,
  ids: Pick<Identity, 'uid' | 'gid' | 'sid'>,
  name: string | null,
  ...others: readonly string[]
): Identity {
  return { domain, authId, ...ids, name, names: name === null ? [] : [name, ...others].map(foldName) };
}
