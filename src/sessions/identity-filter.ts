import { foldName, uidAuthId } from './identity.ts';
import { IdentityError, type IdentityQuery, type NameRealm } from './identity-query.ts';
import type { Session } from './session.ts';
import type { UserDirectory } from './source.ts';

/**
 * The sessions whose user is the identity asked for: by the account's uid, SID, auth_id or name, never by a group that
 * it is a member of. Closing tools close whatever comes back.
 *
 * @throws IdentityError where a name is nobody's (cred_invalid_local_user_error, cred_invalid_directory_user_error),
 * stands for several users (cred_ambiguous_user_error), or can't be looked up now (identity_unavailable_error)
 */
export async function filterByIdentity(
  sessions: readonly Session[],
  query: IdentityQuery,
  directory: UserDirectory,
): Promise<readonly Session[]> {
  switch (query.kind) {
    case 'uid':
      return sessions.filter(({ user }) => user.uid === query.uid);
    case 'gid':
      return []; // a group is never a session's user
    case 'auth_id':
      return sessions.filter(({ user }) => isOfAuthId(user, query.authId));
    case 'sid':
      return sessions.filter(({ user }) => isOfSid(user, query.sid));
    case 'name':
      return filterByName(sessions, query.name, query.realm, directory);
  }
}

type User = Session['user'];

function isOfAuthId(user: User, authId: string): boolean {
  return user.authId === authId || (user.uid !== null && uidAuthId(user.uid) === authId);
}

function isOfSid(user: User, sid: string): boolean {
  return user.sid === sid || (user.uid !== null && `S-1-5-88-1-${user.uid}` === sid);
}

async function filterByName(
  sessions: readonly Session[],
  name: string,
  realm: NameRealm,
  directory: UserDirectory,
): Promise<readonly Session[]> {
  const folded = foldName(name);
  const found = sessions.filter(({ user }) => isInRealm(user, realm) && user.names.includes(folded));
  // Without a prefix the server's own account goes before one of a directory with the same name.
  const local = found.filter(({ user }) => user.domain !== 'ACTIVE_DIRECTORY');
  const matches = local.length > 0 ? local : found;
  const users = new Map(matches.map(({ user }) => [user.sid ?? user.name, user.name]));
  if (users.size > 1) {
    const names = [...users.values()].join(', ');
    throw new IdentityError('cred_ambiguous_user_error', `"${name}" is the name of several users: ${names}`);
  }
  if (matches.length === 0) await requireKnown(name, realm, directory);
  return matches;
}

/** Throws unless the name is somebody's who is just not connected. */
async function requireKnown(name: string, realm: NameRealm, directory: UserDirectory): Promise<void> {
  if (realm === 'ldap_user' || realm === 'ldap_group') {
    const message = `"${name}" is no user of a live session, and there is no LDAP directory to ask`;
    throw new IdentityError('cred_invalid_directory_user_error', message);
  }
  const isQualified = /[\\@]/.test(name);
  const local = realm === 'ad' || isQualified ? 'unknown' : await directory.lookUpLocal(name);
  if (local === 'known') return;
  const remote = realm === 'local' ? 'unknown' : await directory.lookUpDirectory(name);
  if (remote === 'known') return;
  if (local === 'unavailable' || remote === 'unavailable') {
    throw new IdentityError('identity_unavailable_error', `whether "${name}" exists can't be found out now; try again`);
  }
  throw realm === 'ad' || isQualified
    ? new IdentityError('cred_invalid_directory_user_error', `no directory knows "${name}"`)
    : new IdentityError('cred_invalid_local_user_error', `there is no user "${name}"`);
}

function isInRealm(user: User, realm: NameRealm): boolean {
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
