import type { DecodeError, DecodeErrorCode } from '../bytes/index.ts';
import type { Entry, KeyOf, RawRecord } from './pass.ts';

/** What a table needs to know of the records in it. */
export interface RecordDecoder<K, V> {
  readonly keyOf: KeyOf<K>;
  /** The key as it stands in the file, to find its chain. */
  keyBytes(key: K): Buffer;
  /** Whether a layout has been chosen. Until then nothing can be decoded. */
  readonly isSettled: boolean;
  /** Chooses the layout that reads most of these records. True where that changed how records are read. */
  choose(records: readonly RawRecord<K>[]): boolean;
  /** What to throw where no layout reads a record: RECORD_LAYOUT_UNKNOWN with what was found. */
  unknownLayout(): DecodeError;
  /** @throws DecodeError where the bytes are not such a record */
  decode(bytes: Buffer, dataAt: number, dataEnd: number, key: K): V;
}

/** Something that could not be read. The rest of the table stands. */
export interface TableProblem<K> {
  readonly code: DecodeErrorCode;
  readonly message: string;
  /** The record, where it is one record's problem. */
  readonly key: K | null;
}

/** What one refresh cost and met. */
export interface TableStats {
  bytesRead: number;
  decoded: number;
  /** Records that looked torn or stood there twice, and passes that met bytes that are no record. */
  anomalies: number;
  /** Hash chains read again because a record in them was torn, doubled or missing. */
  chainsReread: number;
  /** Records that the walk had missed and their chain still held. */
  confirmed: number;
}

export interface TableState<K, V> {
  /** Entries with a problem are named in `problems`; they have the value of before, or none. */
  readonly records: ReadonlyMap<K, Entry<K, V>>;
  readonly problems: readonly TableProblem<K>[];
  readonly stats: TableStats;
}
