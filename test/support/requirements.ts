import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { testedRoot } from './samba/index.ts';

/** The programs that tests use, and Debian's packages of them. */
const programs = { '/usr/sbin/smbd': 'samba', '/usr/bin/smbclient': 'smbclient', '/usr/bin/tdbdump': 'tdb-tools' };

/** What a domain of our own takes beside; a `*` stands for the folder of the architecture. */
const domainPrograms = {
  '/usr/sbin/winbindd': 'winbind',
  '/usr/share/samba/setup/provision.ldif': 'samba-ad-provision',
  '/usr/lib/*/samba/ldb/samba_dsdb.so': 'samba-dsdb-modules',
  '/usr/lib/*/samba/vfs/dfs_samba4.so': 'samba-vfs-modules',
  '/lib/*/libnss_winbind.so.2': 'libnss-winbind',
  '/sbin/ip': 'iproute2',
  '/usr/bin/curl': 'curl',
};

/** Why no private smbd can be started here, or null. */
export const noSmbd: string | null = process.getuid?.() === 0 ? whyNoPrograms(programs) : 'a private smbd needs root';

/** Why tests with a real smbd can't run here, or null where they can. */
export const noSamba: string | null = noSmbd ?? whyNoMounts();

/** Why there can be no domain of our own, or null where there can. */
export const noDomain: string | null = noSamba ?? whyNoDomain();

function whyNoDomain(): string | null {
  if (testedRoot !== '/') return "the domain is made with this machine's own Samba";
  const { status, stderr } = spawnSync('unshare', ['--net', '--mount', '--uts', 'true'], { encoding: 'utf8' });
  return (
    whyNoPrograms(domainPrograms) ?? (status === 0 ? null : `a domain needs a network of its own: ${stderr.trim()}`)
  );
}

function whyNoPrograms(programs: Readonly<Record<string, string>>): string | null {
  const missing = Object.entries(programs).filter(([path]) => globSync(join(testedRoot, path)).length === 0);
  if (missing.length === 0) return null;
  const packages = missing.map(([, name]) => name).join(' ');
  return `${missing.map(([path]) => path).join(', ')} not installed (Debian: apt-get install ${packages})`;
}

/** Its accounts cover those of /etc, in a mount namespace. */
function whyNoMounts(): string | null {
  const { status, stderr } = spawnSync('unshare', ['--mount', 'true'], { encoding: 'utf8' });
  if (status === 0) return null;
  const advice = /propagation/.test(stderr ?? '')
    ? '; in a chroot, mount its folder on itself first (mount --bind)'
    : '';
  return `a private smbd with accounts of its own needs a mount namespace: ${(stderr ?? '').trim()}${advice}`;
}
