/** @module Another smbwho as a source of sessions: over HTTPS, or through the socket of the one on this machine. */
export type { ServerAddress } from './connection.ts';
export { remoteCloser } from './remote-closer.ts';
export { RemoteSource, remoteDirectory } from './remote-source.ts';
