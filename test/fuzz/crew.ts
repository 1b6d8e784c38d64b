import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { batchInputs, type Family } from './batch.ts';
import { emptyTally, merge, type Tally } from './tally.ts';
import type { BatchReport, Failure, Work } from './worker.ts';

export interface CrewOptions {
  readonly seed: number;
  readonly inputs: number;
  readonly only: Family | null;
  readonly workers: number;
  /** For the files by which the workers are watched. */
  readonly folder: string;
  readonly onFailure: (failure: Failure) => void;
  /** Every second. */
  readonly onProgress: (tally: Tally) => void;
}

export interface CrewResult {
  readonly tally: Tally;
  /** Inputs that were not done with in time. Each ended its batch. */
  readonly hangs: number;
  /** Inputs that took the process with them. */
  readonly crashes: number;
  /** Resident memory of all workers, every second. */
  readonly residentBytes: readonly number[];
}

/** An input takes well under a millisecond, but the machine may be busy. */
const hangMs = 10_000;
const watchMs = 1000;
/** From then on it is known that something is wrong. */
const maxBadEnds = 50;
const heapMegabytes = 512;

/** Runs all batches in some processes, and watches over them: what does not come to an end is ended. */
export async function runCrew(options: CrewOptions): Promise<CrewResult> {
  const tally = emptyTally();
  const resident = Array<number>(options.workers).fill(0);
  const residentBytes: number[] = [];
  let [hangs, crashes] = [0, 0];
  const watch = setInterval(() => {
    residentBytes.push(resident.reduce((sum, bytes) => sum + bytes));
    options.onProgress(tally);
  }, watchMs);

  const member = async (number: number): Promise<void> => {
    const { seed, inputs, only, workers: stride, folder } = options;
    const progressPath = join(folder, `worker-${number}`);
    for (let first = number; first * batchInputs < inputs && hangs + crashes < maxBadEnds; ) {
      const end = await runWorker({ seed, inputs, only, first, stride, progressPath }, (report) => {
        merge(tally, report.tally);
        resident[number] = report.residentBytes;
        report.failures.forEach(options.onFailure);
      });
      if (end === null) return;
      if (end.isHang) hangs++;
      else crashes++;
      const { batch, index, reason } = end;
      options.onFailure({ seed, batch, index, from: '', applied: [], faults: [reason], files: [] });
      first = batch + stride;
    }
  };
  await Promise.all(resident.map((_, number) => member(number)));
  clearInterval(watch);
  return { tally, hangs, crashes, residentBytes };
}

/** Where a worker was when it ended before its time. */
interface BadEnd {
  readonly isHang: boolean;
  readonly batch: number;
  readonly index: number;
  readonly reason: string;
}

async function runWorker(work: Work, onReport: (report: BatchReport) => void): Promise<BadEnd | null> {
  const child = fork(join(import.meta.dirname, 'worker.ts'), [JSON.stringify(work)], {
    // The kernel ends it with us, even where it hangs.
    execPath: 'setpriv',
    execArgv: ['--pdeathsig', 'KILL', process.execPath, `--max-old-space-size=${heapMegabytes}`],
    serialization: 'advanced',
  });
  child.on('message', (report) => onReport(report as BatchReport));
  let [seen, since, isHang] = ['', performance.now(), false];
  const watch = setInterval(() => {
    const now = progressOf(work);
    if (now !== seen) [seen, since] = [now, performance.now()];
    isHang = performance.now() - since > hangMs;
    if (isHang) child.kill('SIGKILL');
  }, watchMs);
  const [code, signal] = await once(child, 'exit');
  clearInterval(watch);
  if (code === 0) return null;
  const [batch, index] = progressOf(work).split(' ').map(Number) as [number, number];
  const reason = isHang ? `a hang: not done after ${hangMs / 1000} s` : `a crash: ended by ${signal ?? `code ${code}`}`;
  return { isHang, batch, index, reason };
}

function progressOf({ progressPath, first }: Work): string {
  try {
    return readFileSync(progressPath, 'utf8').trim() || `${first} 0`;
  } catch {
    return `${first} 0`;
  }
}
