/** @module Samba's session, tree connect, open, share mode, lock and lease records of 4.13 to 4.25, and which layout a file has. */
export type { AuthSessionInfo } from './auth-session-info.ts';
export { ByteRangeLockDecoder, type ByteRangeLocks } from './byte-range-locks.ts';
export type { ChannelGlobal } from './channel-global.ts';
export { type FileId, fileKeyFor } from './file-id.ts';
export { LayoutDecoder } from './layout-decoder.ts';
export { type Layout, layouts } from './layouts.ts';
export { LeaseDecoder, type LeaseState } from './leases.ts';
export { decodeOpenGlobal, type OpenGlobal } from './open-global.ts';
export { type AccessEntry, decodeDacl } from './security-descriptor.ts';
export { isDisconnected, type ServerId } from './server-id.ts';
export { decodeSessionGlobal, type SessionGlobal } from './session-global.ts';
export type { ShareModeData } from './share-mode-data.ts';
export type { ShareModeEntry } from './share-mode-entries.ts';
export { type ShareModeLayout, shareModeLayouts } from './share-mode-layouts.ts';
export { ShareModeDecoder, type ShareModes } from './share-modes.ts';
export { decodeTconGlobal, type TconGlobal } from './tcon-global.ts';
