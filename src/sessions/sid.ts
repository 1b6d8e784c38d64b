const shape = /^S(-\d+){3,}$/i;

/** Whether a text means to be a SID: `S-<n>-<n>(-<n>)+`, in any case. `S-1-1` is a name. */
export function looksLikeSid(text: string): boolean {
  return shape.test(text);
}

/**
 * The one form of a SID that others are compared in: upper case, no leading zeros, Samba's `S-1-22-1-<uid>` and
 * `S-1-22-2-<gid>` as `S-1-5-88-1-` and `S-1-5-88-2-`.
 *
 * @returns null where the text is no SID: another revision, more than 15 parts, a part beyond 32 bits
 */
export function canonicalSid(text: string): string | null {
  if (!looksLikeSid(text)) return null;
  const [revision, authority, ...parts] = text.slice(2).split('-').map(Number) as [number, number, ...number[]];
  const isSid = revision === 1 && authority < 2 ** 48 && parts.length <= 15 && parts.every((part) => part < 2 ** 32);
  if (!isSid) return null;
  const isSambaUnix = authority === 22 && parts.length === 2 && (parts[0] === 1 || parts[0] === 2);
  return isSambaUnix ? `S-1-5-88-${parts.join('-')}` : `S-1-${authority}-${parts.join('-')}`;
}

/** The last part of a SID: the account within its domain. */
export function ridOf(sid: string): number {
  return Number(sid.slice(sid.lastIndexOf('-') + 1));
}

/** A SID without its last part: the domain. */
export function domainOf(sid: string): string {
  return sid.slice(0, sid.lastIndexOf('-'));
}

export const wellKnownSids = {
  everyone: 'S-1-1-0',
  anonymous: 'S-1-5-7',
} as const;
