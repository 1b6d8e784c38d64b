import { existsSync } from 'node:fs';

/** Why tests with a real smbd can't run here, or null where they can. */
export const noSamba: string | null =
  process.getuid?.() !== 0
    ? 'a private smbd needs root'
    : existsSync('/usr/sbin/smbd')
      ? null
      : 'smbd is not installed (Debian: apt-get install samba smbclient)';
