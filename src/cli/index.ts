/** @module The command line: one command per file, and how sessions look on a terminal. */
export { type CliContext, runCommand, type ServeOptions } from './program.ts';
