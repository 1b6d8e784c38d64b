import type { AccessEntry } from '../../samba/records/index.ts';
import { parseList, type ShareSection } from '../../samba/shares/index.ts';
import { type ShareRight, shareRights } from '../../sessions/index.ts';

/** Who is meant: by SID, or by a name of smb.conf. */
export type Trustee =
  | { readonly kind: 'sid'; readonly sid: string }
  | { readonly kind: 'account' | 'group'; readonly name: string };

export interface Grant {
  readonly type: 'ALLOWED' | 'DENIED';
  readonly trustee: Trustee;
  readonly rights: readonly ShareRight[];
}

/** Entries of which the first decides that fits a user and a right; what they can't say, by its name in smb.conf. */
export interface Grants {
  readonly grants: readonly Grant[];
  readonly unsaid: readonly string[];
}

/** The access list of a share; null for one that allows all, as it is by default. */
export type Dacl = readonly AccessEntry[] | null;

const everyone: Trustee = { kind: 'sid', sid: 'S-1-1-0' };
const guests: Trustee = { kind: 'sid', sid: 'S-1-5-32-546' };
const writing: readonly ShareRight[] = ['WRITE', 'CHANGE_PERMISSIONS'];

/**
 * What a share's configuration and its access list allow, which both must (source3/smbd/share_access.c, uid.c). Where both
 * choose among users, the configuration is said and the list is not.
 *
 * @param mayBeGuests whether any logon can become a guest's
 */
export function toGrants({ values }: Pick<ShareSection, 'values'>, dacl: Dacl, mayBeGuests: boolean): Grants {
  const unsaid = new Set<string>();
  const list = (parameter: string, name: string) => parseTrustees(values.get(parameter), () => unsaid.add(name));
  const isYes = (parameter: string, byDefault: 'yes' | 'no') => (values.get(parameter) ?? byDefault) === 'yes';

  const isReadOnly = isYes('readonly', 'yes');
  const isPicky = parseList(values.get('validusers')).length > 0;
  const valid = list('validusers', 'valid users');
  const readers = isReadOnly ? [] : list('readlist', 'read list');
  const writers = isReadOnly || readers.length > 0 ? list('writelist', 'write list') : [];
  const isValid = (writer: Trustee) => valid.some((one) => isSame(one, writer));
  // Who writes must be valid too: by a group, maybe.
  if (isPicky && !writers.every(isValid)) unsaid.add('write list');
  if (parseList(values.get('adminusers')).length > 0) unsaid.add('admin users');
  if (isYes('guestonly', 'no') && isYes('guestok', 'no')) unsaid.add('guest only');

  const allowed = isReadOnly ? shareRights.slice(0, 1) : shareRights;
  const ofConfiguration = isPicky ? allow(valid, allowed) : allow([everyone], allowed);
  const isOfListAlone = !isPicky && writers.length === 0;
  const ofList = isOfListAlone ? ofDacl(dacl, allowed, () => unsaid.add('security descriptor')) : ofConfiguration;
  if (!isOfListAlone && !isOpen(dacl)) unsaid.add('security descriptor');
  return {
    grants: [
      ...deny(list('invalidusers', 'invalid users'), shareRights),
      ...(mayBeGuests && !isYes('guestok', 'no') ? deny([guests], shareRights) : []),
      ...allow(writers, shareRights),
      ...deny(readers, writing),
      ...(isOpen(dacl) ? ofConfiguration : ofList),
    ],
    unsaid: [...unsaid],
  };
}

const allow = (trustees: readonly Trustee[], rights: readonly ShareRight[]) => grant('ALLOWED', trustees, rights);
const deny = (trustees: readonly Trustee[], rights: readonly ShareRight[]) => grant('DENIED', trustees, rights);

function grant(type: Grant['type'], trustees: readonly Trustee[], rights: readonly ShareRight[]): Grant[] {
  return trustees.map((trustee) => ({ type, trustee, rights }));
}

/** Names of users, `@group`, `+group`, `&netgroup` or several of these signs; one with a variable is each user's own. */
function parseTrustees(value: string | undefined, leaveOut: () => void): Trustee[] {
  const trustees: Trustee[] = [];
  for (const item of parseList(value)) {
    const [, signs = '', name = ''] = /^([@+&]*)(.*)$/s.exec(item) ?? [];
    if (name.includes('%')) leaveOut();
    else if (/^S-1(-\d+){2,}$/i.test(name)) trustees.push({ kind: 'sid', sid: name.toUpperCase() });
    else if (name !== '') trustees.push({ kind: signs === '' ? 'account' : 'group', name });
  }
  return trustees;
}

function isSame(a: Trustee, b: Trustee): boolean {
  if (a.kind === 'sid' || b.kind === 'sid') return a.kind === 'sid' && b.kind === 'sid' && a.sid === b.sid;
  return a.kind === b.kind && a.name.toLowerCase() === b.name.toLowerCase();
}

function isOpen(dacl: Dacl): boolean {
  const [only, ...others] = dacl ?? [];
  if (dacl === null) return true;
  return only?.sid === 'S-1-1-0' && only.type === 'allowed' && isAll(only.accessMask) && others.length === 0;
}

/** FILE_READ_DATA, FILE_WRITE_DATA, SEC_STD_WRITE_DAC */
const bits: Readonly<Record<ShareRight, number>> = { READ: 0x1, WRITE: 0x2, CHANGE_PERMISSIONS: 0x40000 };
/** SEC_RIGHTS_DIR_ALL, and change and read as Samba and Windows have them: the masks that the three rights say exactly. */
const exactMasks = [0x1f01ff, 0x1301ff, 0x1301bf, 0x1200a9];
/** `file_generic_mapping`, from GENERIC_ALL to GENERIC_READ. */
const generics = [0x1f01ff, 0x1200a0, 0x120116, 0x120089];

function ofDacl(dacl: Dacl, allowed: readonly ShareRight[], leaveOut: () => void): Grant[] {
  return (dacl ?? []).flatMap(({ type, accessMask, sid }) => {
    const mask = mapGeneric(accessMask);
    if (type === 'other' || !exactMasks.includes(mask)) leaveOut();
    if (sid === null) return [];
    const named = shareRights.filter((right) => (mask & bits[right]) !== 0);
    // Who may not write can't change permissions either: smbd takes such a share for read-only.
    const effective = named.includes('WRITE') || type === 'denied' ? named : named.filter((right) => right === 'READ');
    const rights = type === 'allowed' ? effective.filter((right) => allowed.includes(right)) : effective;
    return rights.length === 0 ? [] : grant(type === 'allowed' ? 'ALLOWED' : 'DENIED', [{ kind: 'sid', sid }], rights);
  });
}

function mapGeneric(mask: number): number {
  const mapped = generics.map((meaning, i) => ((mask >>> (28 + i)) & 1 ? meaning : 0));
  return mapped.reduce((all, one) => all | one, mask & 0x0fff_ffff);
}

function isAll(mask: number): boolean {
  return mapGeneric(mask) === exactMasks[0];
}
