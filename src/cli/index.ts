/** @module The command line: one command per file, and how sessions look on a terminal. */
export type {
  Ask,
  CliContext,
  OpenSource,
  OpenState,
  ServeOptions,
  SourceOptions,
} from './context.ts';
export { runCommand } from './program.ts';
