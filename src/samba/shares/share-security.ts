import { join } from 'node:path';
import { Cursor, DecodeError } from '../bytes/index.ts';
import { type AccessEntry, decodeDacl } from '../records/index.ts';
import { visitAtRest } from '../tdb/index.ts';

/** By share name in lower case: its access list, null for one that allows all, or why it can't be read. */
export type ShareSecurity = ReadonlyMap<string, readonly AccessEntry[] | null | DecodeError>;

const prefix = 'SECDESC/';
/** In version 3 the names are in lower case; those of version 2 are brought to it by the next Samba that starts. */
const knownVersions = [2, 3];

/**
 * The security of shares as set from a Windows client or by `sharesec`: `share_info.tdb` (source3/lib/sharesec.c). Most
 * shares have none there, and allow everybody everything.
 *
 * @param stateDirectory a path of ours
 * @throws DecodeError, or the system's error where it can't be read
 */
export function readShareSecurity(stateDirectory: string): ShareSecurity {
  const security = new Map<string, readonly AccessEntry[] | null | DecodeError>();
  let version = 3;
  try {
    visitAtRest(join(stateDirectory, 'share_info.tdb'), (keyBytes, data) => {
      const key = keyBytes.toString('utf8', 0, Math.max(0, keyBytes.length - 1));
      if (key === 'INFO/version') version = new Cursor(data).u32();
      if (key.startsWith(prefix)) security.set(key.slice(prefix.length).toLowerCase(), tryDecode(data));
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (!knownVersions.includes(version)) {
    throw new DecodeError('RECORD_BAD_VERSION', `security of shares of version ${version}`, 0);
  }
  return security;
}

function tryDecode(data: Buffer): readonly AccessEntry[] | null | DecodeError {
  try {
    return decodeDacl(data);
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}
