import type { EncryptionLevel, TreeConnect } from '../sessions/index.ts';

/** `smbXsrv_encryption_flags` */
const required = 1;
const processedEncrypted = 4;
const processedPlain = 8;

/** How much of a tree connect goes encrypted, by what smbd has seen on it so far. */
export function treeEncryption(flags: number): EncryptionLevel {
  if ((flags & processedEncrypted) !== 0) return (flags & processedPlain) !== 0 ? 'partial' : 'full';
  const isUntouched = (flags & processedPlain) === 0;
  return isUntouched && (flags & required) !== 0 ? 'full' : 'none';
}

/**
 * A session is fully encrypted where each tree connect but IPC$ is. Without one its own flags decide: the login itself
 * always goes plain, so that its flag for plain packets says nothing.
 */
export function sessionEncryption(flags: number, treeConnects: readonly TreeConnect[]): EncryptionLevel {
  const sawEncrypted = (flags & (required | processedEncrypted)) !== 0;
  if (treeConnects.length === 0) return sawEncrypted ? 'full' : 'none';
  if (treeConnects.every(({ encryption }) => encryption === 'full')) return 'full';
  return sawEncrypted || treeConnects.some(({ encryption }) => encryption !== 'none') ? 'partial' : 'none';
}
