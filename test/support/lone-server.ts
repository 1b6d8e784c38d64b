import type { SambaInstance } from '../../src/samba/conf/index.ts';

/**
 * A server that is nothing but its lock directory: none of its processes are ours to see, so that those live that its
 * `msg.lock` names.
 */
export function loneServer(lockDirectory: string, changes: Partial<SambaInstance> = {}): SambaInstance {
  return {
    pid: null,
    smbConfPath: null,
    root: '',
    lockDirectory,
    isClustered: false,
    sharesPidNamespace: false,
    netbiosName: 'SERVER',
    isDomainMember: false,
    forcedShares: new Set(),
    confFiles: [],
    ...changes,
  };
}
