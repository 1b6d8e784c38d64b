import { foldName, type Identity } from './identity.ts';
import { ambiguous, distinctUsers, isOfId, sessionsMeant, unavailable } from './identity-filter.ts';
import { formatIdentity, IdentityError, type IdentityQuery, parseAuthId, parseSid } from './identity-query.ts';
import { isStranger, posixGroup, posixUser } from './known-identity.ts';
import type { Session } from './session.ts';
import type { UserDirectory } from './source.ts';

/** What is known of an identity that is looked for; at least one of its ids or its name. */
export interface IdentityWanted {
  readonly domain: string | null;
  readonly authId: string | null;
  readonly uid: number | null;
  readonly gid: number | null;
  readonly sid: string | null;
  readonly name: string | null;
}

/**
 * The one identity that is all that is wanted: of a live session's user, or else as the directory knows it. `POSIX_USER`
 * and `POSIX_GROUP` as its domain ask for what the account is to the unix below.
 *
 * @returns null where there is none: nobody has the id, or nobody all of them
 * @throws IdentityError where it can't be read (identity_syntax_error, cred_invalid_sid_error), is several users
 * (cred_ambiguous_user_error), or can't be looked up now (identity_unavailable_error)
 */
export async function findIdentity(
  sessions: readonly Session[],
  wanted: IdentityWanted,
  directory: UserDirectory,
): Promise<Identity | null> {
  const queries = toQueries(wanted);
  const [query] = queries;
  if (query === undefined) throw new IdentityError('identity_syntax_error', 'give auth_id, uid, gid, sid or name');
  const toWanted = (identity: Identity): readonly Identity[] => {
    const form = formOf(identity, wanted.domain);
    const isWanted = queries.every((each) => agrees(identity, each) || agrees(form, each));
    return isWanted && (wanted.domain === null || form.domain === wanted.domain) ? [form] : [];
  };
  const users = distinctUsers(sessionsMeant(sessions, query)).filter(
    (user) => query.kind !== 'uid' || !isStranger(user),
  );
  const live = users.flatMap(toWanted);
  // A session that smbstatus told of lacks the SID: the directory may know it.
  if (live.length === 1 && live[0]!.sid !== null) return live[0]!;
  const { verdict, accounts } = await directory.lookUp(query);
  const [found] = accounts.flatMap(({ identity }) => toWanted(identity));
  if (found !== undefined) return found;
  if (live.length > 1) throw ambiguous(formatIdentity(query), live);
  if (live.length === 0 && verdict === 'unavailable') throw unavailable(formatIdentity(query));
  return live[0] ?? null;
}

/** The most telling first. */
function toQueries({ domain, authId, uid, gid, sid, name }: IdentityWanted): readonly IdentityQuery[] {
  const queries: IdentityQuery[] = [];
  if (sid !== null) queries.push(parseSid(sid));
  if (authId !== null) queries.push({ kind: 'auth_id', authId: parseAuthId(authId) });
  if (uid !== null) queries.push({ kind: 'uid', uid });
  const realm = domain === 'LOCAL' ? 'local' : domain === 'ACTIVE_DIRECTORY' ? 'ad' : 'any';
  if (name !== null) queries.push({ kind: 'name', name, realm });
  if (gid !== null) queries.push({ kind: 'gid', gid });
  return queries;
}

/** What is not known of an identity contradicts nothing. A user's `gid` is that of the primary group. */
function agrees(identity: Identity, query: IdentityQuery): boolean {
  switch (query.kind) {
    case 'name':
      return identity.name === null || identity.names.includes(foldName(query.name));
    case 'uid':
      return identity.uid === null || identity.uid === query.uid;
    case 'gid':
      return identity.gid === null || identity.gid === query.gid;
    default:
      return isOfId(identity, query);
  }
}

/** What the identity is in a domain: `POSIX_USER` and `POSIX_GROUP` have all users and groups that have an id. */
function formOf(identity: Identity, domain: string | null): Identity {
  const { uid, gid, name } = identity;
  const bare = name === null ? null : name.slice(name.indexOf('\\') + 1);
  if (domain === 'POSIX_USER' && uid !== null && !isStranger(identity)) return posixUser({ uid, gid, name: bare });
  if (domain === 'POSIX_GROUP' && uid === null && gid !== null) return posixGroup(gid, bare);
  return identity;
}
