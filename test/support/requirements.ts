import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Why no smbd can be started here, or null. */
export const noSmbd: string | null =
  process.getuid?.() !== 0
    ? 'a private smbd needs root'
    : existsSync('/usr/sbin/smbd')
      ? null
      : 'smbd is not installed (Debian: apt-get install samba smbclient)';

/** Why tests with a real smbd can't run here, or null where they can. */
export const noSamba: string | null = noSmbd ?? whyNoMounts();

/** The smbd of the tests has accounts of its own, which cover those of /etc in a mount namespace. */
function whyNoMounts(): string | null {
  const { status, stderr } = spawnSync('unshare', ['--mount', 'true'], { encoding: 'utf8' });
  if (status === 0) return null;
  const advice = /propagation/.test(stderr) ? '; where / is no mount point, as in a chroot, mount --bind it first' : '';
  return `an smbd with accounts of its own needs a mount namespace (${(stderr ?? 'no unshare').trim()}${advice})`;
}
