import type { PrivateSamba } from '../support/samba/index.ts';

/** One way to do a thing. Returns its time in ms, or null where it did not finish within its limits. */
export interface Contender {
  readonly name: string;
  readonly run: () => Promise<number | null>;
}

export interface Measured {
  readonly name: string;
  /** Median in ms; null where a run did not finish. */
  readonly medianMs: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
}

/**
 * Runs the contenders in turn, so that the machine's mood is the same for all of them, each round beginning with another
 * one, so that none always comes after the same: A B C, B C A, C A B, …
 */
export async function measure(contenders: readonly Contender[], repeats: number): Promise<Measured[]> {
  const times = contenders.map((): (number | null)[] => []);
  for (let i = -1; i < repeats; i++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const j = (i + 1 + turn) % contenders.length;
      if (times[j]!.includes(null)) continue; // what did not finish once is not waited for again
      const ms = await contenders[j]!.run();
      if (i >= 0 || ms === null) times[j]!.push(ms);
    }
  }
  return contenders.map(({ name }, j) => summarize(name, times[j]!));
}

function summarize(name: string, times: readonly (number | null)[]): Measured {
  const finished = times.filter((ms) => ms !== null).sort((a, b) => a - b);
  if (finished.length < times.length || finished.length === 0)
    return { name, medianMs: null, minMs: null, maxMs: null };
  return { name, medianMs: finished[finished.length >> 1]!, minMs: finished[0]!, maxMs: finished.at(-1)! };
}

export function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

export async function timedAsync(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const limitBytes = 8 * 1024 ** 3;
const limitSeconds = 60;
/** What another's command may take, in words. */
export const limits = `${limitSeconds} s and ${limitBytes / 1024 ** 3} GB`;

/** smbstatus as a whole command, under a limit of memory and of time: it is quadratic in both. */
export async function runLimited(samba: PrivateSamba, words: readonly string[]): Promise<number | null> {
  const command = [
    'timeout',
    String(limitSeconds),
    'prlimit',
    `--as=${limitBytes}`,
    'smbstatus',
    '-s',
    samba.inside(samba.smbConf),
    ...words,
  ];
  try {
    return await timedAsync(() => samba.command(command));
  } catch {
    return null;
  }
}

export function medianOf(measured: readonly Measured[], name: string): number | null {
  return measured.find((one) => one.name === name)!.medianMs;
}
