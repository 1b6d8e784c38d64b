import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { SambaInstance } from './instance.ts';
import { globalParameter, readSmbConf, type SmbConf } from './smb-conf.ts';

/** Where a server's accounts are looked up; paths of ours. */
export interface AccountPlaces {
  readonly winbinddSocket: string;
  readonly passdb: { readonly backend: 'tdbsam' | 'smbpasswd'; readonly path: string } | { readonly backend: 'other' };
  /** Where the server's own SID stands; null for a domain controller, whose accounts are the domain's. */
  readonly secrets: string | null;
  /** The unix account that guests and anonymous logons run as. */
  readonly guestAccount: string;
}

/** As Samba is compiled: Debian, Fedora and their kin, upstream FHS builds, upstream. */
export const compiledPrivateDirs = ['/var/lib/samba/private', '/etc/samba', '/usr/local/samba/private'];
const compiledSocketDirs = ['/run/samba/winbindd', '/var/run/samba/winbindd', '/usr/local/samba/var/run/winbindd'];

/** @throws the system's error where the server's smb.conf can't be read */
export function locateAccounts({ smbConfPath, root }: SambaInstance): AccountPlaces {
  const conf: SmbConf = smbConfPath === null ? { sections: new Map(), files: [] } : readSmbConf(smbConfPath, root);
  const inRoot = (path: string) => join(root, '/', path);
  const firstOf = (paths: readonly string[]) => paths.map(inRoot).find((path) => existsSync(path)) ?? inRoot(paths[0]!);
  const privateDir = globalParameter(conf, 'private dir', 'private directory');
  const privateFolder = privateDir === undefined ? firstOf(compiledPrivateDirs) : inRoot(privateDir);
  const socketDir = globalParameter(conf, 'winbindd socket directory');
  const [, backend = '', path] =
    /^(\w+)(?::"?([^"\s]+))?/.exec(globalParameter(conf, 'passdb backend') ?? 'tdbsam') ?? [];
  const fileOf = (name: string) => (path !== undefined && isAbsolute(path) ? inRoot(path) : join(privateFolder, name));
  const files = { tdbsam: 'passdb.tdb', smbpasswd: 'smbpasswd' };
  const isController = /domain controller|\bdc\b/i.test(globalParameter(conf, 'server role') ?? '');
  return {
    winbinddSocket: join(socketDir === undefined ? firstOf(compiledSocketDirs) : inRoot(socketDir), 'pipe'),
    passdb:
      !isController && (backend === 'tdbsam' || backend === 'smbpasswd')
        ? { backend, path: fileOf(files[backend]) }
        : { backend: 'other' },
    secrets: isController ? null : join(privateFolder, 'secrets.tdb'),
    guestAccount: globalParameter(conf, 'guest account') ?? 'nobody',
  };
}
