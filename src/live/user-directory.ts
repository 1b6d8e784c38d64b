import type { SambaInstance } from '../samba/conf/index.ts';
import { isInPasswd } from '../samba/winbind/index.ts';
import type { NameLookup, UserDirectory } from '../sessions/index.ts';

/** Accounts that every Samba has without a passwd entry of that name. */
const builtin = new Set(['guest', 'anonymous logon']);

/**
 * The accounts of the server that `locate` finds. Directories are not asked yet: where the server is a member of one,
 * its names can't be known.
 */
export function localUserDirectory(locate: () => SambaInstance): UserDirectory {
  return {
    async lookUpLocal(name): Promise<NameLookup> {
      if (builtin.has(name.toLowerCase())) return 'known';
      const isKnown = isInPasswd(name, locate().root);
      return isKnown === null ? 'unavailable' : isKnown ? 'known' : 'unknown';
    },
    async lookUpDirectory(): Promise<NameLookup> {
      return locate().isDomainMember ? 'unavailable' : 'unknown';
    },
  };
}
