/** @module Copies of a server's session files without what is secret in them. */
export { recordServer } from './record-server.ts';
export { blobsOf, type DatabaseName, databaseNames, readDatabase, scrubDatabase } from './scrub-database.ts';
