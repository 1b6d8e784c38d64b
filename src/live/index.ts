/** @module Sources of sessions: rows of a real Samba joined into what sessions/ means. */

export { LocalUserDirectory, type UserDirectoryOptions } from './accounts/user-directory.ts';
export {
  type ClosableFileServer,
  type ClosableServer,
  closerOfRecording,
  createCloser,
  createFileCloser,
  fileCloserOfRecording,
} from './closer/index.ts';
export { diagnoseInstance } from './doctor.ts';
export { type FallbackOptions, FallbackSource } from './fallback-source.ts';
export { LocalFileSource, type LocalFileSourceOptions, mergeFiles } from './files/index.ts';
export { IdleSource } from './idle/idle-source.ts';
export { type Inspection, inspectFile } from './inspect.ts';
export { LocalSource, type LocalSourceOptions } from './local-source.ts';
export { mergeDirectories, mergeSources } from './merged-source.ts';
export { RecordedSource } from './recorded-source.ts';
export { shareFileLists, shareRefreshes } from './shared-source.ts';
export { mergeShares } from './shares/merged-shares.ts';
export { LocalShareSource, type ShareSourceOptions } from './shares/share-source.ts';
