import { join } from 'node:path';
import { compiledPrivateDirs } from './account-places.ts';
import type { SambaInstance } from './instance.ts';
import { globalParameter, readSmbConf } from './smb-conf.ts';

/**
 * Where the sockets of a server's processes may be, each named by a pid; paths of ours, the likeliest first. Upstream has
 * them in the private directory, Debian in the lock directory.
 */
export function messageFolders({ lockDirectory, root, smbConfPath }: SambaInstance): readonly string[] {
  const named = privateDirOf(smbConfPath, root);
  const privateDirs = named === undefined ? compiledPrivateDirs : [named];
  return [lockDirectory, ...privateDirs.map((path) => join(root, '/', path))].map((path) => join(path, 'msg.sock'));
}

function privateDirOf(smbConfPath: string | null, root: string): string | undefined {
  if (smbConfPath === null) return undefined;
  try {
    return globalParameter(readSmbConf(smbConfPath, root), 'private dir', 'private directory');
  } catch {
    return undefined; // the sockets may well be in the lock directory
  }
}
