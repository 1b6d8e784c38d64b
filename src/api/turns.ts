/**
 * Runs work one at a time, in the order in which it came.
 *
 * @param maxEach how much of one client's may wait or run
 * @returns a function that runs it, or refuses by `null` where too much waits
 */
export function takeTurns(
  maxWaiting: number,
  maxEach: number,
): <T>(client: string, work: () => Promise<T>) => Promise<T> | null {
  let last: Promise<unknown> = Promise.resolve();
  const held: string[] = [];
  return (client, work) => {
    if (held.length > maxWaiting || held.filter((each) => each === client).length >= maxEach) return null;
    held.push(client);
    const turn = last.then(work).finally(() => held.splice(held.indexOf(client), 1));
    last = turn.catch(() => undefined);
    return turn;
  };
}
