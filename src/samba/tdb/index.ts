/** @module TDB files: their format, and how to read them without a lock while smbd writes them. */
export type { Entry } from './pass.ts';
export { TdbTable } from './table.ts';
export type { RawRecord, RecordDecoder, TableProblem, TableState, TableStats } from './table-types.ts';
