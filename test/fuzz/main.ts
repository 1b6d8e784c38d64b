import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Family, familyNames, runBatch } from './batch.ts';
import { loadCorpus } from './corpus.ts';
import { runCrew } from './crew.ts';
import { describeRun, shortcomings } from './report.ts';
import { withoutWaits } from './without-waits.ts';
import type { Failure } from './worker.ts';

const usage = `npm run fuzz -- [--inputs 1000000] [--seed N] [--only ${familyNames.join('|')}] [--workers N]
npm run fuzz -- --replay FILE`;
const maxKept = 20;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    only: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
    replay: { type: 'string' },
  },
});
const [inputs, seed, workers] = [values.inputs, values.seed, values.workers].map(Number);
const only = familyNames.find((name) => name === values.only) ?? null;
const isUsable = [inputs, seed, workers].every((number) => Number.isSafeInteger(number) && number! >= 0);

if (!isUsable || workers === 0 || (values.only !== undefined && only === null)) {
  console.error(usage);
  process.exitCode = 2;
} else if (values.replay !== undefined) {
  await replay(values.replay);
} else {
  await fuzz({ inputs: inputs!, seed: seed!, workers: workers!, only });
}

async function fuzz(options: { inputs: number; seed: number; workers: number; only: Family | null }): Promise<void> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const folder = mkdtempSync(join(tmpdir(), 'smbwho-fuzz-'));
  const kept: string[] = [];
  console.log(`seed ${options.seed}; what goes wrong is kept in ${folder}`);
  const result = await runCrew({
    ...options,
    folder,
    onFailure: (failure) => {
      if (kept.length < maxKept) kept.push(keep(folder, failure, options.only));
    },
    onProgress: ({ inputs: done, faults }) => {
      if (process.stdout.isTTY) process.stdout.write(`\r${done} of ${options.inputs}, ${faults} broken promises `);
    },
  });
  if (process.stdout.isTTY) process.stdout.write('\r');
  console.log(describeRun(result, options.seed, seconds()));
  const reasons = shortcomings(result);
  if (kept.length === 0) rmSync(folder, { recursive: true });
  for (const path of kept) console.log(`npm run fuzz -- --replay ${path}`);
  console.log(reasons.length === 0 ? `good, in ${seconds().toFixed(0)} s` : `NOT GOOD: ${reasons.join('; ')}`);
  process.exitCode = reasons.length === 0 ? 0 : 1;
}

/** Writes what is needed to have an input again, and its files beside it. */
function keep(folder: string, failure: Failure, family: Family | null): string {
  const { files, ...rest } = failure;
  const name = join(folder, `${failure.batch}-${failure.index}`);
  for (const [i, bytes] of files.entries()) writeFileSync(`${name}.${i}.tdb`, bytes);
  writeFileSync(`${name}.json`, `${JSON.stringify({ ...rest, only: family }, null, 2)}\n`);
  return `${name}.json`;
}

/** Runs the batch of a failure again, with all that the reader had seen before, and shows how it goes. */
async function replay(path: string): Promise<void> {
  const failure = JSON.parse(readFileSync(path, 'utf8')) as Failure & { readonly only: Family | null };
  const { batch, index } = failure;
  using _ = withoutWaits();
  const options = { seed: failure.seed, batch, only: failure.only, corpus: loadCorpus() };
  for await (const judged of runBatch(options)) {
    if (judged.index < index) continue;
    if (judged.applied.join() !== failure.applied.join() && failure.applied.length > 0) {
      console.log('the fixtures have changed since: this is another input');
    }
    console.log(judged.seed, judged.applied.join(', '), judged.outcome);
    process.exitCode = judged.outcome.faults.length === 0 ? 0 : 1;
    return;
  }
}
