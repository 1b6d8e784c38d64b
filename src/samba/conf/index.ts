/** @module Where a Samba server keeps its files, and what its smb.conf says. */
export { type AccountPlaces, locateAccounts } from './account-places.ts';
export type { ForcedShares } from './forced-shares.ts';
export { InstanceError, locateInstance, type SambaInstance } from './instance.ts';
export { messageFolders } from './message-folders.ts';
export { programBeside } from './program.ts';
export { askRelease } from './release.ts';
export { isSmbd, smbConfOf } from './running-smbd.ts';
export {
  globalParameter,
  isOutdated,
  isPlainInclude,
  isYes,
  readSmbConf,
  readSmbConfLines,
  type SmbConf,
  type SmbConfLines,
} from './smb-conf.ts';
export { locateState } from './state-directory.ts';
export { comparable, type Statement } from './statements.ts';
