import type { Judged } from './batch.ts';

/** Sums over inputs; plain data, so that a worker can send it. */
export interface Tally {
  inputs: number;
  /** Inputs whose file header was accepted. */
  pastHeader: number;
  /** Inputs of which at least one record was decoded. */
  decoded: number;
  /** Inputs of which a record was decoded that is not as it was in the good file. */
  tampered: number;
  /** Inputs read without any complaint. */
  clean: number;
  /** Inputs that nothing could be read of, by the error's code. */
  readonly thrown: Record<string, number>;
  /** Inputs with a problem of this code in what was read. */
  readonly problems: Record<string, number>;
  readonly families: Record<string, number>;
  /** Inputs with which a promise was broken: an undocumented error, a wrong record, too much memory or work. */
  faults: number;
  mostReads: number;
  /** Bytes of buffers made for one reading, beside the bytes of its file. */
  mostAllocated: { bytes: number; fileBytes: number };
}

export function emptyTally(): Tally {
  return {
    inputs: 0,
    pastHeader: 0,
    decoded: 0,
    tampered: 0,
    clean: 0,
    thrown: {},
    problems: {},
    families: {},
    faults: 0,
    mostReads: 0,
    mostAllocated: { bytes: 0, fileBytes: 0 },
  };
}

export function count(tally: Tally, { family, outcome, cost }: Judged): void {
  const { thrown, problems, isPastHeader, isDecoded, isTampered, faults } = outcome;
  tally.inputs++;
  tally.pastHeader += Number(isPastHeader);
  tally.decoded += Number(isDecoded);
  tally.tampered += Number(isTampered);
  tally.clean += Number(thrown === null && problems.length === 0);
  if (thrown !== null) add(tally.thrown, thrown);
  for (const code of new Set(problems)) add(tally.problems, code);
  add(tally.families, family);
  tally.faults += Number(faults.length > 0);
  tally.mostReads = Math.max(tally.mostReads, cost.reads);
  if (cost.bytesAllocated > tally.mostAllocated.bytes) {
    tally.mostAllocated = { bytes: cost.bytesAllocated, fileBytes: cost.fileBytes };
  }
}

/** Adds a part to the sum of all. */
export function merge(sum: Tally, part: Tally): void {
  for (const name of ['inputs', 'pastHeader', 'decoded', 'tampered', 'clean', 'faults'] as const)
    sum[name] += part[name];
  for (const name of ['thrown', 'problems', 'families'] as const) {
    for (const [key, times] of Object.entries(part[name])) add(sum[name], key, times);
  }
  sum.mostReads = Math.max(sum.mostReads, part.mostReads);
  if (part.mostAllocated.bytes > sum.mostAllocated.bytes) sum.mostAllocated = part.mostAllocated;
}

function add(counts: Record<string, number>, key: string, times = 1): void {
  counts[key] = (counts[key] ?? 0) + times;
}
