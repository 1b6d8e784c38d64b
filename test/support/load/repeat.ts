/** Runs `task` for 0 … count - 1, at most `concurrency` at once. Stops starting more after the first failure. */
export async function repeat(
  count: number,
  concurrency: number,
  task: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    try {
      while (next < count) await task(next++);
    } catch (error) {
      next = count;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, work));
}
