import { readFileSync } from 'node:fs';

/** One look at a process's memory. */
export interface MemorySample {
  readonly rssBytes: number;
  /** After a collection; null where that can't be known from outside. */
  readonly heapBytes: number | null;
}

/** Resident memory of another process; null where it has gone. */
export function residentBytes(pid: number): number | null {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

/** How memory went: medians of the second and the last quarter of the samples. */
export interface Growth {
  readonly secondBytes: number;
  readonly lastBytes: number;
  readonly ratio: number;
}

/** @returns null for too few samples to tell */
export function growthOf(samples: readonly number[]): Growth | null {
  const quarter = Math.floor(samples.length / 4);
  if (quarter < 5) return null;
  const secondBytes = median(samples.slice(quarter, 2 * quarter));
  const lastBytes = median(samples.slice(-quarter));
  return { secondBytes, lastBytes, ratio: lastBytes / secondBytes };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
