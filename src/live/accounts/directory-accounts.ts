import {
  accountOfSid,
  domainSids,
  sidOfId,
  sidOfName,
  type WinbindAccount,
  type WinbindClient,
} from '../../samba/winbind/index.ts';
import {
  directoryAuthId,
  foldName,
  type Identity,
  type IdentityQuery,
  identityOf,
  windowsGroup,
} from '../../sessions/index.ts';
import type { LocalAccounts } from './local-accounts.ts';

/**
 * The account that winbindd knows: in the first place one of a directory, but local groups too.
 *
 * @returns null where it says that there is none
 * @throws WinbindError
 */
export async function findInDirectory(
  winbind: WinbindClient,
  query: IdentityQuery,
  local: LocalAccounts,
  deadlineMs: number,
): Promise<Identity | null> {
  const sid = await sidOf(winbind, query, local, deadlineMs);
  // What winbindd has no other SID for is a uid or a gid alone: nobody whom it knows.
  if (sid === null || sid.startsWith('S-1-22-')) return null;
  const isOwn = local.isOwnSid(sid);
  if (query.kind === 'name' && query.realm === 'ad' && (isOwn || !sid.startsWith('S-1-5-21-'))) return null;
  const account = await accountOfSid(winbind, sid, deadlineMs);
  if (account === null || (query.kind === 'name' && !isOfNamedDomain(query.name, account, local))) return null;
  const identity = toIdentity(account, isOwn);
  // Names that only the directory has, a principal name for one, are known by what was asked for.
  return query.kind === 'name' ? { ...identity, names: [...identity.names, foldName(query.name)] } : identity;
}

async function sidOf(
  winbind: WinbindClient,
  query: IdentityQuery,
  local: LocalAccounts,
  deadlineMs: number,
): Promise<string | null> {
  switch (query.kind) {
    case 'name':
      return sidOfName(winbind, qualify(query, local), deadlineMs);
    case 'uid':
      return sidOfId(winbind, 'U', query.uid, deadlineMs);
    case 'gid':
      return sidOfId(winbind, 'G', query.gid, deadlineMs);
    case 'sid':
      return sidOfSid(winbind, query.sid, deadlineMs);
    case 'auth_id':
      return sidOfAuthId(winbind, BigInt(query.authId), deadlineMs);
  }
}

/** The winbindd of a standalone server passes over the domain of a name: `OTHER\alice` is its own alice to it. */
function isOfNamedDomain(name: string, { domain, sid }: WinbindAccount, local: LocalAccounts): boolean {
  const [, named] = /^(.*?)\\/.exec(name) ?? [];
  if (named === undefined) return !name.includes('@') || !local.isOwnSid(sid);
  if (local.ownName(name) !== null) return true;
  // By its DNS name a domain is not known here; winbindd gives the short one.
  return !local.isOwnSid(sid) && (named.includes('.') || foldName(named) === foldName(domain));
}

/** A member's winbindd knows nobody by a bare name. */
function qualify({ name, realm }: Extract<IdentityQuery, { kind: 'name' }>, local: LocalAccounts): string {
  return realm === 'local' ? local.qualify(name) : local.qualifyForDirectory(name);
}

async function sidOfSid(winbind: WinbindClient, sid: string, deadlineMs: number): Promise<string | null> {
  const [, type, id] = /^S-1-5-88-([12])-(\d+)$/.exec(sid) ?? [];
  return type === undefined ? sid : sidOfId(winbind, type === '1' ? 'U' : 'G', Number(id), deadlineMs);
}

/** A directory's class is a hash of its SID: of those that winbindd knows, the one with this class. */
async function sidOfAuthId(winbind: WinbindClient, authId: bigint, deadlineMs: number): Promise<string | null> {
  const [domain, id] = [authId >> 32n, Number(authId & 0xffff_ffffn)];
  if (domain === 3n) return sidOfId(winbind, 'U', id, deadlineMs);
  if (domain === 4n) return sidOfId(winbind, 'G', id, deadlineMs);
  if (domain < 5n) return null;
  const sids = (await domainSids(winbind, deadlineMs)).map((sid) => `${sid}-${id}`);
  return sids.find((sid) => directoryAuthId(sid) === String(authId)) ?? null;
}

function toIdentity({ kind, sid, domain, name, uid, gid }: WinbindAccount, isLocal: boolean): Identity {
  if (kind === 'group') return windowsGroup({ sid, gid, domainName: domain, name, isLocal });
  return identityOf({
    userSid: sid,
    isGuest: isLocal && sid.endsWith('-501'),
    uid,
    gid,
    accountName: name,
    domainName: domain,
    dnsDomainName: null,
    userPrincipalName: null,
    unixName: null,
    isLocal,
  });
}
