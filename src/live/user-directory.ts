import type { SambaInstance } from '../samba/conf/index.ts';
import { isInPasswd } from '../samba/winbind/index.ts';
import { foldName, type NameLookup, type UserDirectory } from '../sessions/index.ts';

/** Accounts that every Samba has without a passwd entry of that name. */
const builtin = new Set(['guest', 'anonymous logon', 'nt authority\\anonymous logon']);

/**
 * The accounts of the server that `locate` finds. Directories are not asked yet: where the server is a member of one,
 * its names can't be known. Nor can any while the server itself can't be located.
 */
export function localUserDirectory(locate: () => SambaInstance): UserDirectory {
  const look = (answer: (instance: SambaInstance) => NameLookup): NameLookup => {
    try {
      return answer(locate());
    } catch {
      return 'unavailable';
    }
  };
  const lookUpLocal = (name: string, { root }: SambaInstance): NameLookup => {
    if (builtin.has(foldName(name))) return 'known';
    const isKnown = isInPasswd(name, root);
    return isKnown === null ? 'unavailable' : isKnown ? 'known' : 'unknown';
  };
  return {
    lookUpLocal: async (name) => look((instance) => lookUpLocal(name, instance)),
    lookUpDirectory: async (name) =>
      look((instance) => {
        // The server's own accounts have names with a domain too: its own, and Samba's for plain unix users.
        const own = [instance.netbiosName, 'Unix User'].find((domain) =>
          foldName(name).startsWith(`${foldName(domain)}\\`),
        );
        if (own !== undefined) return lookUpLocal(name.slice(own.length + 1), instance);
        return instance.isDomainMember ? 'unavailable' : 'unknown';
      }),
  };
}
