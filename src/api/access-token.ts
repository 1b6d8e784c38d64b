import { type AccessToken, type AccountName, posixUser, toIso, userJson } from '../sessions/index.ts';

/** A token as the contract shows it. */
export function toAccessToken({ id, owner, creator, createdAt, expiresAt, isEnabled }: AccessToken) {
  return {
    id,
    user: identityOfAccount(owner),
    creator: creator === null ? userJson(posixUser({ uid: 0, gid: 0, name: 'root' })) : identityOfAccount(creator),
    creation_time: toIso(createdAt),
    expiration_time: expiresAt === null ? null : toIso(expiresAt),
    enabled: isEnabled,
  };
}

function identityOfAccount({ id, name }: AccountName) {
  return { domain: 'LOCAL', auth_id: id, uid: null, gid: null, sid: null, name };
}
