/** @module Sources of sessions: rows of a real Samba joined into what sessions/ means. */
export { LocalSource, type LocalSourceOptions } from './local-source.ts';
export { shareRefreshes } from './shared-source.ts';
export { localUserDirectory } from './user-directory.ts';
