import type { EncryptionLevel } from '../sessions/index.ts';

/** `smbXsrv_encryption_flags` */
const required = 1;
const processedEncrypted = 4;
const processedPlain = 8;

/** How much of a tree connect goes encrypted, by what smbd has seen on it so far. */
export function treeEncryption(flags: number): EncryptionLevel {
  if ((flags & processedEncrypted) !== 0) return (flags & processedPlain) !== 0 ? 'partial' : 'full';
  return isUntouched(flags) && (flags & required) !== 0 ? 'full' : 'none';
}

/**
 * A session is fully encrypted where each tree connect but IPC$ is, as far as anything has gone over it. Where nothing
 * has, the session's own flags decide: the login itself always goes plain, so that its flag for plain packets says
 * nothing.
 *
 * @param trees the flags of its tree connects without IPC$
 */
export function sessionEncryption(flags: number, trees: readonly number[]): EncryptionLevel {
  const sawEncrypted = (flags & (required | processedEncrypted)) !== 0;
  const levels = trees.filter((tree) => !isUntouched(tree) || (tree & required) !== 0).map(treeEncryption);
  if (levels.length === 0) return sawEncrypted ? 'full' : 'none';
  if (levels.every((level) => level === 'full')) return 'full';
  return sawEncrypted || levels.some((level) => level !== 'none') ? 'partial' : 'none';
}

/** No packet has gone over the tree connect yet. */
function isUntouched(flags: number): boolean {
  return (flags & (processedEncrypted | processedPlain)) === 0;
}
