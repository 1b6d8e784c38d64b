/** @module Copies of a server's session files without what is secret in them. */
export { recordServer } from './record-server.ts';
export { type DatabaseName, databaseNames, scrubDatabase } from './scrub-database.ts';
