import type { SeedServer } from './corpus.ts';
import { families, type Family as TableFamily } from './inputs.ts';
import type { Outcome } from './judge.ts';
import type { Decoder, Kind } from './kinds.ts';
import { Random } from './random.ts';
import { runServerBatch } from './server-batch.ts';
import { runTableBatch } from './table-batch.ts';

/** Kinds of inputs: broken files by what is broken in them, and the files of a server read together. */
export const familyNames = [...families, 'server'] as const;
export type Family = TableFamily | 'server';

export interface BatchOptions {
  readonly seed: number;
  /** Which one of the seed's batches. */
  readonly batch: number;
  /** How many inputs. Default: 50. */
  readonly inputs?: number;
  /** Default: all, in their shares. */
  readonly only?: Family | null;
  readonly corpus: readonly SeedServer[];
  /** What reads the records. Default: the project's decoder. */
  readonly decoder?: (kind: Kind) => Decoder;
  /** Is told of each input before it is read. */
  readonly onInput?: (index: number) => void;
}

/** One input, and how its reading went. */
export interface Judged {
  readonly index: number;
  readonly family: Family;
  /** The mutators that made it. */
  readonly applied: readonly string[];
  /** The good file, or server, that it was made from. */
  readonly seed: string;
  readonly outcome: Outcome;
  /** What the file was, one read after the other; or the three files of a server. */
  readonly files: readonly Buffer[];
  readonly cost: Cost;
}

/** What a reading took. Zero where it was not counted. */
export interface Cost {
  readonly reads: number;
  readonly bytesAllocated: number;
  /** Of the file's largest state. */
  readonly fileBytes: number;
}

export const batchInputs = 50;
/** A server takes as long as dozens of tables. */
const serverEvery = 100;

/** The inputs of one batch, judged. A seed and a number decide all of it. */
export async function* runBatch(options: BatchOptions): AsyncGenerator<Judged> {
  const { seed, batch, only = null, inputs = batchInputs } = options;
  const random = new Random(seed, batch);
  const isServer = only === null ? batch % serverEvery === 0 : only === 'server';
  if (isServer) yield* runServerBatch({ ...options, random, inputs });
  else yield* runTableBatch({ ...options, random, inputs, only: only === 'server' ? null : only });
}
