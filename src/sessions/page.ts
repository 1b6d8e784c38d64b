export interface Page<T, L> {
  readonly entries: readonly T[];
  /** The last location of this page where another page follows, else null. */
  readonly next: L | null;
}

/**
 * One page of entries that are ordered by location. The key is the location of the last entry seen: it needs no memory
 * here, can be used again, and resumes at the next greater one where its entry has gone.
 *
 * @param compare the order of the entries
 */
export function takePage<L, T extends { readonly location: L }>(
  entries: readonly T[],
  after: L | null,
  limit: number,
  compare: (a: L, b: L) => number,
): Page<T, L> {
  const start = after === null ? 0 : firstAfter(entries, after, compare);
  const page = entries.slice(start, start + limit);
  const isLast = start + page.length >= entries.length;
  return { entries: page, next: isLast ? null : page.at(-1)!.location };
}

function firstAfter<L>(
  entries: readonly { readonly location: L }[],
  after: L,
  compare: (a: L, b: L) => number,
): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(entries[middle]!.location, after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
