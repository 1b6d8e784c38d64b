/** @module TDB files: their format, and how to read them without a lock while smbd writes them. */
export { visitAtRest } from './at-rest.ts';
export type { Entry, RawRecord } from './pass.ts';
export { TdbTable } from './table.ts';
export type { RecordDecoder, TableProblem, TableState, TableStats } from './table-types.ts';
