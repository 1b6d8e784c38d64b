/** @module Where a Samba server keeps its files, and what its smb.conf says. */
export { type AccountPlaces, locateAccounts } from './account-places.ts';
export type { ForcedShares } from './forced-shares.ts';
export { InstanceError, locateInstance, type SambaInstance } from './instance.ts';
export { messageFolders } from './message-folders.ts';
export { programBeside } from './program.ts';
export { askRelease } from './release.ts';
export { isSmbd, smbConfOf } from './running-smbd.ts';
export { globalParameter, isOutdated, isYes, readSmbConf, type SmbConf } from './smb-conf.ts';
