import { openSync, writeSync } from 'node:fs';
import { batchInputs, type Family, runBatch } from './batch.ts';
import { loadCorpus } from './corpus.ts';
import { count, emptyTally, type Tally } from './tally.ts';
import { withoutWaits } from './without-waits.ts';

/** What a worker process is to do: every `stride`-th batch from `first` on. */
export interface Work {
  readonly seed: number;
  readonly inputs: number;
  readonly only: Family | null;
  readonly first: number;
  readonly stride: number;
  /** A file that always says which batch and input it is at: whoever watches it knows, however it ends. */
  readonly progressPath: string;
}

/** An input with which something went wrong, and how to have it again. */
export interface Failure {
  readonly seed: number;
  readonly batch: number;
  readonly index: number;
  readonly from: string;
  readonly applied: readonly string[];
  readonly faults: readonly string[];
  readonly files: readonly Uint8Array[];
}

/** What a worker says after each batch. */
export interface BatchReport {
  readonly tally: Tally;
  readonly failures: readonly Failure[];
  readonly residentBytes: number;
}

const { seed, inputs, only, first, stride, progressPath } = JSON.parse(process.argv[2]!) as Work;
/** Most of the time would go into stacks of errors that are meant. A replay shows them. */
Error.stackTraceLimit = 0;

using _ = withoutWaits();
const corpus = loadCorpus();
const progress = openSync(progressPath, 'w');
for (let batch = first; batch * batchInputs < inputs; batch += stride) {
  const tally = emptyTally();
  const failures: Failure[] = [];
  const onInput = (index: number) => {
    writeSync(progress, `${batch} ${index}`.padEnd(32), 0);
  };
  onInput(0);
  const options = { seed, batch, only, corpus, onInput, inputs: Math.min(batchInputs, inputs - batch * batchInputs) };
  for await (const judged of runBatch(options)) {
    count(tally, judged);
    const { index, applied, files, seed: from } = judged;
    const { faults } = judged.outcome;
    if (faults.length > 0) failures.push({ seed, batch, index, from, applied, faults, files });
  }
  process.send!({ tally, failures, residentBytes: process.memoryUsage.rss() } satisfies BatchReport);
}
process.disconnect!();
