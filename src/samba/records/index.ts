/** @module Samba's session, tree connect and open records of 4.13 to 4.25, and which layout a file has. */
export type { AuthSessionInfo } from './auth-session-info.ts';
export type { ChannelGlobal } from './channel-global.ts';
export { LayoutDecoder } from './layout-decoder.ts';
export { type Layout, layouts } from './layouts.ts';
export { decodeOpenGlobal, type OpenGlobal } from './open-global.ts';
export { isDisconnected, type ServerId } from './server-id.ts';
export { decodeSessionGlobal, type SessionGlobal } from './session-global.ts';
export { ShareModeDecoder, type ShareModeEntry } from './share-mode-entries.ts';
export { decodeTconGlobal, type TconGlobal } from './tcon-global.ts';
