/** @module Copies of a server's session files without what is secret in them. */
export { fileDatabaseNames, readFileDatabase, recordOpenFiles } from './record-open-files.ts';
export { recordServer } from './record-server.ts';
export { blobsOf, type DatabaseName, databaseNames, readDatabase, scrubDatabase } from './scrub-database.ts';
