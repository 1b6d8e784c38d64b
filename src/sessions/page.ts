import { compareLocations, type Location } from './location.ts';
import type { Session } from './session.ts';

export interface Page {
  readonly sessions: readonly Session[];
  /** The last location of this page where another page follows, else null. */
  readonly next: Location | null;
}

/**
 * One page of sessions that are ordered by location. The key is the location of the last entry seen: it needs no memory
 * here, can be used again, and resumes at the next greater one where its session has gone.
 */
export function takePage(sessions: readonly Session[], after: Location | null, limit: number): Page {
  const start = after === null ? 0 : firstAfter(sessions, after);
  const page = sessions.slice(start, start + limit);
  const isLast = start + page.length >= sessions.length;
  return { sessions: page, next: isLast ? null : page.at(-1)!.location };
}

function firstAfter(sessions: readonly Session[], after: Location): number {
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareLocations(sessions[middle]!.location, after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
