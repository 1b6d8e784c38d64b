import { foldName, type Identity, uidAuthId } from './identity.ts';
import { IdentityError, type IdentityQuery, type NameRealm } from './identity-query.ts';
import { gidAuthId, isSameUser } from './known-identity.ts';
import { wellKnownSids } from './sid.ts';
import type { UserDirectory } from './source.ts';

/** What somebody has on a server: a session, an open file. */
export interface Owned {
  readonly location: { readonly instance: number };
  readonly user: Identity;
}

/**
 * The sessions, or whatever else users have, whose user is the identity asked for: by the account's uid, SID, auth_id or name, never by a group that
 * it is a member of. Closing tools close whatever comes back.
 *
 * What the sessions say of their users goes first; the directory is asked only where none of them is meant.
 *
 * @throws IdentityError where a name is nobody's (cred_invalid_local_user_error, cred_invalid_directory_user_error),
 * stands for several users (cred_ambiguous_user_error), or can't be looked up now (identity_unavailable_error)
 */
export async function filterByIdentity<T extends Owned>(
  sessions: readonly T[],
  query: IdentityQuery,
  directory: UserDirectory,
): Promise<readonly T[]> {
  if (query.kind === 'gid' || (query.kind === 'sid' && query.sid === wellKnownSids.everyone)) return [];
  const found = sessionsMeant(sessions, query);
  if (found.length > 0) return withoutNamesakes(found, query, directory);
  if (query.kind === 'name') refuseLdap(query.name, query.realm);
  const { verdict, accounts } = await directory.lookUp(query);
  if (query.kind === 'name' && verdict !== 'known') throw nobody(query.name, query.realm, verdict);
  // By another of the account's ids or names than those that were asked for.
  return sessions.filter(({ location, user }) =>
    accounts.some(({ instance, identity }) => instance === location.instance && isSameUser(user, identity)),
  );
}

/**
 * A bare name means the server's own account where there is one, else the user of the domain that the server is in: a
 * directory's user of the same name is not meant, even while nobody else of that name is connected.
 *
 * Where that can't be found out the sessions stay: while winbindd is down, a live session's name must still find it, and
 * who asks sees the whole name of whom is found. Where another smbwho has said which sessions are meant, no others are.
 *
 * @throws IdentityError identity_unavailable_error where another smbwho can't say
 */
async function withoutNamesakes<T extends Owned>(
  found: readonly T[],
  query: IdentityQuery,
  directory: UserDirectory,
): Promise<readonly T[]> {
  if (query.kind !== 'name' || !['any', 'ad'].includes(query.realm) || /[\\@]/.test(query.name)) return found;
  if (found.some(({ user }) => user.domain !== 'ACTIVE_DIRECTORY')) return found;
  const { verdict, accounts, isOfSessions = false } = await directory.lookUp(query);
  if (isOfSessions && verdict === 'unavailable') throw unavailable(`"${query.name}"`);
  // A group of the server's own takes no user's name.
  const owners = isOfSessions ? accounts : accounts.filter(({ identity }) => ownsName(identity));
  if (query.realm === 'any' && accounts.length > 0 && owners.length === 0) {
    return withoutNamesakes(found, { ...query, realm: 'ad' }, directory);
  }
  return found.filter(({ location, user }) => {
    const here = owners.filter(({ instance }) => instance === location.instance);
    return here.length === 0 ? !isOfSessions : here.some(({ identity }) => isSameUser(user, identity));
  });
}

function ownsName({ uid, domain }: Identity): boolean {
  return uid !== null || domain === 'ACTIVE_DIRECTORY';
}

/**
 * The sessions whose user is meant, as far as the sessions themselves tell.
 *
 * @throws IdentityError cred_ambiguous_user_error
 */
export function sessionsMeant<T extends Owned>(sessions: readonly T[], query: IdentityQuery): readonly T[] {
  if (query.kind !== 'name') return sessions.filter(({ user }) => isOfId(user, query));
  const folded = foldName(query.name);
  const found = sessions.filter(({ user }) => isInRealm(user, query.realm) && user.names.includes(folded));
  // Without a prefix the server's own account goes before one of a directory with the same name.
  const local = found.filter(({ user }) => user.domain !== 'ACTIVE_DIRECTORY');
  const matches = local.length > 0 ? local : found;
  const users = distinctUsers(matches);
  if (users.length > 1) throw ambiguous(query.name, users);
  return matches;
}

/** Whether an identity has this id, in whichever form. */
export function isOfId({ authId, uid, gid, sid }: Identity, query: Exclude<IdentityQuery, { kind: 'name' }>): boolean {
  const isGroup = uid === null && gid !== null;
  switch (query.kind) {
    case 'uid':
      return uid === query.uid;
    case 'gid':
      return isGroup && gid === query.gid;
    case 'auth_id':
      if (authId === query.authId) return true;
      return isGroup ? gidAuthId(gid) === query.authId : uid !== null && uidAuthId(uid) === query.authId;
    case 'sid':
      if (sid === query.sid) return true;
      return isGroup ? `S-1-5-88-2-${gid}` === query.sid : uid !== null && `S-1-5-88-1-${uid}` === query.sid;
  }
}

/** One identity for each user of these sessions. */
export function distinctUsers(sessions: readonly Owned[]): readonly Identity[] {
  const users: Identity[] = [];
  const seen = new Set<string | null>();
  for (const { user } of sessions) {
    const key = user.sid ?? user.name;
    if (seen.has(key)) continue;
    seen.add(key);
    if (!users.some((other) => isSameUser(user, other))) users.push(user);
  }
  return users;
}

export function ambiguous(what: string, users: readonly Identity[]): IdentityError {
  const names = users.map(({ name, sid }) => name ?? sid).join(', ');
  return new IdentityError('cred_ambiguous_user_error', `"${what}" stands for several users: ${names}`);
}

function refuseLdap(name: string, realm: NameRealm): void {
  if (realm !== 'ldap_user' && realm !== 'ldap_group') return;
  const message = `"${name}" is no user of a live session, and there is no LDAP directory to ask`;
  throw new IdentityError('cred_invalid_directory_user_error', message);
}

function nobody(name: string, realm: NameRealm, verdict: 'unknown' | 'unavailable'): IdentityError {
  if (verdict === 'unavailable') return unavailable(`"${name}"`);
  return realm === 'ad' || (realm === 'any' && /[\\@]/.test(name))
    ? new IdentityError('cred_invalid_directory_user_error', `no directory knows "${name}"`)
    : new IdentityError('cred_invalid_local_user_error', `there is no user "${name}"`);
}

export function unavailable(what: string): IdentityError {
  return new IdentityError('identity_unavailable_error', `whether ${what} exists can't be found out now; try again`);
}

function isInRealm(user: Identity, realm: NameRealm): boolean {
  switch (realm) {
    case 'any':
      return true;
    case 'local':
      return user.domain === 'LOCAL' || user.domain === 'API_NULL_DOMAIN';
    case 'ad':
      return user.domain === 'ACTIVE_DIRECTORY';
    case 'ldap_user':
      return user.domain === 'POSIX_USER';
    case 'ldap_group':
    case 'world':
      return false;
  }
}
