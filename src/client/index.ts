/** @module Another smbwho as a source of sessions and open files: over HTTPS, or through the socket of the one on this machine. */
export type { ServerAddress } from './connection.ts';
export { remoteCloser, remoteFileCloser } from './remote-closer.ts';
export { RemoteFileSource } from './remote-file-source.ts';
export { RemoteSource, remoteDirectory } from './remote-source.ts';
