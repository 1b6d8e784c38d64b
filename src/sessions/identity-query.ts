import { canonicalSid, looksLikeSid, wellKnownSids } from './sid.ts';

/** Whose names a name is looked for among. `any`: no prefix was given. */
export type NameRealm = 'any' | 'local' | 'ad' | 'ldap_user' | 'ldap_group' | 'world';

/** What a caller asked for with `identity`. */
export type IdentityQuery =
  | { readonly kind: 'sid'; readonly sid: string }
  | { readonly kind: 'uid'; readonly uid: number }
  | { readonly kind: 'gid'; readonly gid: number }
  | { readonly kind: 'auth_id'; readonly authId: string }
  | { readonly kind: 'name'; readonly name: string; readonly realm: NameRealm };

/** The text is no identity, or names nobody. `code` is the contract's. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly code:
    | 'identity_syntax_error'
    | 'cred_invalid_sid_error'
    | 'cred_invalid_local_user_error'
    | 'cred_invalid_directory_user_error'
    | 'cred_ambiguous_user_error'
    | 'identity_unavailable_error';

  constructor(code: IdentityError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const prefixes = 'local, world, ldap_user, ldap_group, ad, name, sid, uid, gid, auth_id';
const maxUint64 = 2n ** 64n;

/**
 * Reads the `identity` parameter: a name or SID, optionally with a domain prefix, or an id with its type.
 *
 * @throws IdentityError identity_syntax_error, cred_invalid_sid_error
 */
export function parseIdentity(text: string): IdentityQuery {
  const whole = text.trim();
  const colon = whole.indexOf(':');
  if (colon < 0) return parseBare(whole, 'any');
  const rawPrefix = whole.slice(0, colon);
  // `cn=a:b,dc=example`: an LDAP DN may hold a colon.
  if (rawPrefix.includes('=')) return nameQuery(whole, 'any');
  const prefix = rawPrefix.trim().toLowerCase();
  const rest = whole.slice(colon + 1).trim();
  switch (prefix) {
    case 'uid':
      return { kind: 'uid', uid: parseId(rest, prefix) };
    case 'gid':
      return { kind: 'gid', gid: parseId(rest, prefix) };
    case 'auth_id':
      return { kind: 'auth_id', authId: parseAuthId(rest) };
    case 'sid':
      return parseSid(rest);
    case 'name':
      return nameQuery(rest, 'any');
    case 'local':
    case 'ad':
    case 'ldap_user':
    case 'ldap_group':
      return parseBare(rest, prefix);
    case 'world':
      return parseWorld(rest);
    default:
      throw syntaxError(`"${rawPrefix}" is no domain or id type; there are ${prefixes}`);
  }
}

/** The text that `parseIdentity` reads as this. */
export function formatIdentity(query: IdentityQuery): string {
  switch (query.kind) {
    case 'name':
      return `${query.realm === 'any' ? 'name' : query.realm}:${query.name}`;
    case 'sid':
      return `sid:${query.sid}`;
    case 'auth_id':
      return `auth_id:${query.authId}`;
    case 'uid':
      return `uid:${query.uid}`;
    case 'gid':
      return `gid:${query.gid}`;
  }
}

function parseBare(text: string, realm: NameRealm): IdentityQuery {
  return looksLikeSid(text) ? parseSid(text) : nameQuery(text, realm);
}

function nameQuery(name: string, realm: NameRealm): IdentityQuery {
  if (name === '') throw syntaxError('identity is empty; give a name, a SID, or an id such as uid:1001');
  return { kind: 'name', name, realm };
}

/** @throws IdentityError cred_invalid_sid_error */
export function parseSid(text: string): IdentityQuery {
  const sid = canonicalSid(text);
  if (sid === null)
    throw new IdentityError('cred_invalid_sid_error', `"${text}" is no SID such as S-1-5-21-1-2-3-1000`);
  return { kind: 'sid', sid };
}

function parseId(text: string, type: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffff_ffff) {
    throw syntaxError(`"${text}" after ${type}: is no number of 32 bits`);
  }
  return Number(text);
}

/** @throws IdentityError identity_syntax_error */
export function parseAuthId(text: string): string {
  const isNumber = /^(\d{1,20}|0x[\da-f]{1,16})$/i.test(text);
  if (!isNumber || BigInt(text) >= maxUint64) {
    throw syntaxError(`"${text}" after auth_id: is no number of 64 bits, decimal or 0x…`);
  }
  return String(BigInt(text));
}

function parseWorld(text: string): IdentityQuery {
  if (text.toLowerCase() === 'everyone') return { kind: 'sid', sid: wellKnownSids.everyone };
  if (looksLikeSid(text) && canonicalSid(text) === wellKnownSids.everyone) return parseSid(text);
  throw syntaxError(`"${text}": world: knows Everyone and its SID only`);
}

function syntaxError(message: string): IdentityError {
  return new IdentityError('identity_syntax_error', message);
}
