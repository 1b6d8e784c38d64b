/**
 * @module Records for what no server at hand shows. Ours of the layouts of 4.20 and 4.25 are byte for byte those that
 * Samba's own bindings pack (`packed/`); those of the other layouts are built from the documented layout.
 */
export { anySession } from './any-session.ts';
export { expectedSession } from './expected.ts';
export { type RecordKind, recordKinds } from './kinds.ts';
export {
  keyBytes,
  packOpen,
  packSession,
  packSessionGlobal,
  packTcon,
  someTime,
} from './pack-records.ts';
export {
  fileKey,
  nobody,
  packLease,
  packLocks,
  packShareModes,
  type ShareModeRecord,
} from './pack-share-modes.ts';
export { readPackedBySamba } from './packed.ts';
