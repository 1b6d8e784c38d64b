import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { testedRoot } from './samba/index.ts';

/** The programs that tests use, and Debian's packages of them. */
const programs = { '/usr/sbin/smbd': 'samba', '/usr/bin/smbclient': 'smbclient', '/usr/bin/tdbdump': 'tdb-tools' };

/** Why no private smbd can be started here, or null. */
export const noSmbd: string | null = process.getuid?.() === 0 ? whyNoPrograms() : 'a private smbd needs root';

/** Why tests with a real smbd can't run here, or null where they can. */
export const noSamba: string | null = noSmbd ?? whyNoMounts();

function whyNoPrograms(): string | null {
  const missing = Object.entries(programs).filter(([path]) => !existsSync(join(testedRoot, path)));
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
