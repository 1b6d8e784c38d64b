import { isDeepStrictEqual } from 'node:util';
import { DecodeError, decodeErrorKinds } from '../../src/samba/bytes/index.ts';
import type { TableState } from '../../src/samba/tdb/index.ts';
import type { SeedFile, Specimen } from './corpus.ts';
import { documentedCodes } from './documented.ts';
import type { Claims } from './draft.ts';
import type { Input } from './inputs.ts';
import { type Id, type Kind, readingsOf, type Value } from './kinds.ts';

/** How a reading of a hostile file ended. */
export interface Outcome {
  /** The code of the error that it threw, null where it gave a table. */
  readonly thrown: string | null;
  /** The codes of the problems in the table. */
  readonly problems: readonly string[];
  readonly isPastHeader: boolean;
  /** Whether it decoded a record. */
  readonly isDecoded: boolean;
  /** Whether it decoded one that is not as it was in the good file. */
  readonly isTampered: boolean;
  /** Promises that were broken; none of these may ever be. */
  readonly faults: readonly string[];
}

export type State = TableState<Id, Value>;

/** What a reading is judged by. */
export interface Grounds {
  readonly seed: SeedFile;
  /** What may be said of each id: what the file says, and what it said when the reader saw it last. */
  readonly claims: Claims;
  readonly promise: Input['promise'];
  /** Of the largest state of the file. */
  readonly fileBytes: number;
}

/** What a file fails with whose header is not what it must be. */
export const headerCodes: ReadonlySet<string> = new Set([
  'TDB_NOT_TDB',
  'TDB_BAD_VERSION',
  'TDB_BYTE_ORDER',
  'TDB_FEATURES',
  'TDB_TRUNCATED',
  'TDB_BAD_HEADER',
]);

/** A TDB record has a header and, where it is one of ours, a key of four bytes. */
const leastRecordBytes = 28;

/** Reads, and says what is wrong with how that went. */
export function judge(read: () => State, grounds: Grounds): Outcome {
  let state: State;
  try {
    state = read();
  } catch (error) {
    return judgeError(error);
  }
  const { records, problems } = state;
  const faults: string[] = [];
  for (const { code, message } of problems) {
    if (!isDocumented(code)) faults.push(`a problem with the code ${code}`);
    if (message.length > 500) faults.push(`a message of ${message.length} characters`);
  }
  if (records.size > grounds.fileBytes / leastRecordBytes + grounds.claims.size) {
    faults.push(`${records.size} records in a file of ${grounds.fileBytes} bytes`);
  }
  const named = new Set(problems.map(({ key }) => key));
  let isDecoded = false;
  let isTampered = false;
  for (const [id, { value, problem }] of records) {
    if (value === undefined) {
      if (!named.has(id)) faults.push(`record ${id} is neither shown nor named among the problems`);
      continue;
    }
    const found = attribute(grounds, id, value);
    if (found === 'nowhere') faults.push(`record ${id} says what stands nowhere under its key`);
    isDecoded ||= problem === undefined;
    isTampered ||= problem === undefined && found === 'tampered';
  }
  faults.push(...brokenPromises(grounds.promise, records, named));
  return {
    thrown: null,
    problems: problems.map(({ code }) => code),
    isPastHeader: true,
    isDecoded,
    isTampered,
    faults,
  };
}

function judgeError(error: unknown): Outcome {
  const isOurs = error instanceof DecodeError && isDocumented(error.code);
  return {
    thrown: error instanceof DecodeError ? error.code : String((error as Error)?.name ?? error),
    problems: [],
    isPastHeader: isOurs && !headerCodes.has(error.code),
    isDecoded: false,
    isTampered: false,
    faults: isOurs ? [] : [`it threw ${(error as Error)?.stack ?? error}`],
  };
}

function isDocumented(code: string): boolean {
  return Object.hasOwn(decodeErrorKinds, code) && documentedCodes.has(code);
}

/** Where a value comes from: the good record of its id, bytes that stand under its id now, or elsewhere. */
function attribute({ seed, claims }: Grounds, id: Id, value: Value): 'good' | 'tampered' | 'nowhere' {
  const original = originalOf(seed, id);
  for (const data of claims.get(id) ?? []) {
    if (original !== undefined && data.equals(original.data)) {
      if (isDeepStrictEqual(value, original.value)) return 'good';
    }
  }
  const isClaimed = (claims.get(id) ?? []).some((data) => isOneOf(value, seed.kind, id, data));
  return isClaimed && isPlain(value) ? 'tampered' : 'nowhere';
}

function isOneOf(value: Value, kind: Kind, id: Id, data: Buffer): boolean {
  return readingsOf(kind, id, data).some((reading) => isDeepStrictEqual(value, reading));
}

function originalOf(seed: SeedFile, id: Id): Specimen | undefined {
  return seed.records.find((record) => record.id === id);
}

/** Nothing but data crosses: no buffer, which would hold keys, and no object with a life of its own. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol';
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === Array.prototype) && Object.values(value).every(isPlain);
}

function brokenPromises(promise: Input['promise'], records: State['records'], named: ReadonlySet<Id | null>): string[] {
  if (promise === null) return [];
  const lost = promise.named.filter((id) => !records.has(id) && !named.has(id));
  const wrong = promise.shown.filter(({ id, value }) => !isDeepStrictEqual(records.get(id)?.value, value));
  return [
    ...lost.map((id) => `record ${id} was passed over in silence`),
    ...wrong.map(({ id }) => `record ${id}, which is whole, is not shown as it is`),
  ];
}

/** What is wrong with a reading of a good file. */
export function judgeGood(read: () => State, expected: readonly Specimen[], after: string): string[] {
  let state: State;
  try {
    state = read();
  } catch (error) {
    return [`${after}, a good file can't be read: ${(error as Error)?.stack ?? error}`];
  }
  const faults = state.problems.map(({ code, message }) => `${after}, a good file has a problem: ${code} ${message}`);
  if (state.records.size !== expected.length)
    faults.push(`${after}, ${state.records.size} of ${expected.length} records`);
  for (const { id, value } of expected) {
    if (!isDeepStrictEqual(state.records.get(id)?.value, value)) faults.push(`${after}, record ${id} is wrong`);
  }
  return faults;
}
