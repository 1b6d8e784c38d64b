import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { decodeOpenGlobal, decodeSessionGlobal, decodeTconGlobal, LayoutDecoder } from '../samba/records/index.ts';
import { type RecordDecoder, TdbTable } from '../samba/tdb/index.ts';
import { toProblem } from './problems.ts';

/** What a file holds, for a person who looks for a fault: decoded fields, never raw bytes. */
export interface Inspection {
  /** Samba's name for the records, or null for a file that is none of the session files. */
  readonly struct: string | null;
  /** Layouts that read all of them, named by the first release that has each; newest first. */
  readonly layouts: readonly string[];
  /** Plain data; 64-bit numbers as decimal text. */
  readonly records: readonly { readonly key: string; readonly value: unknown }[];
  readonly problems: readonly string[];
}

const structs: readonly {
  readonly pattern: RegExp;
  readonly name: string;
  readonly make: () => LayoutDecoder<unknown>;
}[] = [
  {
    pattern: /session_global/,
    name: 'smbXsrv_session_global',
    make: () => new LayoutDecoder<unknown>(decodeSessionGlobal, true),
  },
  { pattern: /tcon_global/, name: 'smbXsrv_tcon_global', make: () => new LayoutDecoder<unknown>(decodeTconGlobal) },
  { pattern: /open_global/, name: 'smbXsrv_open_global', make: () => new LayoutDecoder<unknown>(decodeOpenGlobal) },
];

/** The file can't be read, or is no TDB; `code` as docs/errors.md has it. */
export class InspectError extends Error {
  override readonly name = 'InspectError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Reads all records of a TDB file. Which struct they are is told by the file's name.
 *
 * @throws InspectError
 */
export function inspectFile(path: string): Inspection {
  const struct = structs.find(({ pattern }) => pattern.test(basename(path)));
  try {
    if (struct === undefined) return read(path, undecoded, null, () => []);
    const decoder = struct.make();
    return read(path, decoder, struct.name, () => decoder.fitting.map(({ since }) => since));
  } catch (error) {
    const { code, message } = toProblem(error, path);
    throw new InspectError(code, message);
  }
}

function read<K>(
  path: string,
  decoder: RecordDecoder<K, unknown>,
  struct: string | null,
  layouts: () => string[],
): Inspection {
  using table = new TdbTable<K, unknown>(path, decoder);
  const { records, problems } = table.refresh();
  const plain = [...records].map(([key, { value }]) => ({ key: String(key), value: toPlain(value ?? null) }));
  return {
    struct,
    layouts: layouts(),
    records: plain,
    problems: problems.map(({ code, message, key }) => `${key === null ? '' : `record ${key}: `}${code}: ${message}`),
  };
}

/** Other files: a record is its key's and value's length and hash. */
const undecoded: RecordDecoder<string, unknown> = {
  isSettled: true,
  choose: () => false,
  unknownLayout: () => {
    throw new Error('every record has a length');
  },
  keyOf: (bytes, at, length) => bytes.toString('hex', at, at + length),
  keyBytes: (key) => Buffer.from(key, 'hex'),
  decode: (bytes, dataAt, dataEnd) => ({
    lengthBytes: dataEnd - dataAt,
    sha256: createHash('sha256').update(bytes.subarray(dataAt, dataEnd)).digest('hex').slice(0, 16),
  }),
};

function toPlain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)));
}
