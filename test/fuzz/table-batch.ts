import { TdbTable } from '../../src/samba/tdb/index.ts';
import type { Cost, Judged } from './batch.ts';
import { meterBuffers } from './buffer-meter.ts';
import type { SeedFile, SeedServer } from './corpus.ts';
import { addClaims, type Claims } from './draft.ts';
import { type Family, families, makeInput, thinned } from './inputs.ts';
import { judge, judgeGood, type State } from './judge.ts';
import { type Decoder, type Id, type Kind, kindNames, makeDecoder, type Value } from './kinds.ts';
import { MemoryFile } from './memory-file.ts';
import type { Random } from './random.ts';

export interface TableBatchOptions {
  readonly random: Random;
  readonly inputs: number;
  readonly only: Family | null;
  readonly corpus: readonly SeedServer[];
  readonly decoder?: (kind: Kind) => Decoder;
  readonly onInput?: (index: number) => void;
}

const shares: readonly Family[] = families.flatMap((family) => Array(family === 'record' ? 4 : 2).fill(family));

/** What one reading may take: some for itself, and a multiple of the file. */
const limits = { bytes: 2 ** 20, bytesTimes: 16, reads: 20_000, readsTimes: 16 } as const;

/** A reader as the program has it, on files in memory. */
class Reader implements Disposable {
  private file: MemoryFile | undefined;
  private readonly table: TdbTable<Id, Value>;

  constructor(decoder: Decoder) {
    this.table = new TdbTable<Id, Value>('', decoder, () => this.file!);
  }

  read(file: MemoryFile): State {
    this.file = file;
    return this.table.refresh();
  }

  [Symbol.dispose](): void {
    this.table[Symbol.dispose]();
  }
}

/**
 * Reads one good file broken in many ways, by one reader that goes on or by a new one each time, and then the good file
 * again.
 */
export function* runTableBatch(options: TableBatchOptions): Generator<Judged> {
  const { random, corpus, inputs, only, decoder = makeDecoder } = options;
  const kind = random.pick(kindNames);
  const whole = random.pick(corpus.flatMap((server) => server[kind] ?? []));
  const seed = whole.records.length === 0 || random.chance(0.2) ? whole : thinned(random, whole);
  const strangers = corpus.flatMap((server) => server[kind]?.records ?? []);
  const isKept = random.chance(0.4);
  const claims: Claims = new Map();
  let reader = new Reader(decoder(kind));
  let faults = isKept ? readGood(reader, seed, claims) : [];
  using meter = meterBuffers();
  try {
    for (let index = 0; index < inputs; index++) {
      const input = makeInput(random, { seed, strangers }, only ?? random.pick(shares));
      options.onInput?.(index);
      if (!isKept) {
        reader[Symbol.dispose]();
        reader = new Reader(decoder(kind));
        claims.clear();
      }
      addClaims(claims, input.claims);
      const files = input.states.map(({ bytes }) => bytes);
      const fileBytes = Math.max(...files.map(({ length }) => length));
      const file = new MemoryFile(input.states);
      meter.take();
      const outcome = judge(() => reader.read(file), { seed, claims, promise: input.promise, fileBytes });
      const cost = { reads: file.reads, bytesAllocated: meter.take(), fileBytes };
      faults.push(...outcome.faults, ...judgeCost(cost));
      if (input.settled !== null) {
        const last = new MemoryFile(input.states.slice(-1));
        faults.push(...judgeGood(() => reader.read(last), input.settled, 'once it holds still'));
      }
      if (index === inputs - 1) faults.push(...readGood(reader, seed, claims));
      const { family, applied } = input;
      yield { index, family, applied, seed: seed.name, outcome: { ...outcome, faults }, files, cost };
      faults = [];
    }
  } finally {
    reader[Symbol.dispose]();
  }
}

function readGood(reader: Reader, seed: SeedFile, claims: Claims): string[] {
  addClaims(claims, new Map(seed.records.map(({ id, data }) => [id, [data]])));
  const file = new MemoryFile([{ bytes: seed.bytes }]);
  return judgeGood(() => reader.read(file), seed.records, 'with broken files behind');
}

function judgeCost({ reads, bytesAllocated, fileBytes }: Cost): string[] {
  const mostBytes = limits.bytes + limits.bytesTimes * fileBytes;
  const mostReads = limits.reads + limits.readsTimes * fileBytes;
  return [
    ...(bytesAllocated > mostBytes ? [`${bytesAllocated} bytes of buffers for a file of ${fileBytes}`] : []),
    ...(reads > mostReads ? [`${reads} reads of a file of ${fileBytes} bytes`] : []),
  ];
}
