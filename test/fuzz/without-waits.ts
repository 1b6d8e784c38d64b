/**
 * The reader lets a busy smbd have the processor for a millisecond, some times in one refresh. A file in memory changes
 * by being read, not by time: until this is disposed of, waiting takes none.
 */
export function withoutWaits(): Disposable {
  const { wait } = Atomics;
  Atomics.wait = () => 'timed-out';
  return {
    [Symbol.dispose]() {
      Atomics.wait = wait;
    },
  };
}
