/** @module Records packed from the documented layouts, for releases and states that no server at hand shows. */
export {
  keyBytes,
  type OpenRecord,
  packOpen,
  packSession,
  packTcon,
  type SessionRecord,
  someTime,
  type TconRecord,
} from './pack-records.ts';
