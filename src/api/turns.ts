/**
 * Runs work one at a time, in the order in which it came.
 *
 * @returns a function that runs it, or refuses by `null` where too many wait
 */
export function takeTurns(maxWaiting: number): <T>(work: () => Promise<T>) => Promise<T> | null {
  let last: Promise<unknown> = Promise.resolve();
  let held = 0;
  return (work) => {
    if (held > maxWaiting) return null;
    held++;
    const turn = last.then(work).finally(() => held--);
    last = turn.catch(() => undefined);
    return turn;
  };
}
