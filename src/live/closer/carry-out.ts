import { byEnd, Gate } from './by-end.ts';

/** Not more are under way at once. */
const maxAtOnce = 256;

/** How a kind of close is carried out. */
export interface Carrying<C, O> {
  /** @param signal once it is aborted, nothing more may be sent */
  readonly begin: (signal: AbortSignal, gate: Gate) => (close: C) => Promise<O>;
  readonly failed: (close: C, message: string) => O;
}

/** Does what each of them needs, and tells what comes of each as it is known. Who stops asking has nothing more sent. */
export async function* carryOut<C, O>(
  closes: readonly C[],
  given: AbortSignal | undefined,
  { begin, failed }: Carrying<C, O>,
): AsyncGenerator<O, void> {
  const end = new AbortController();
  const close = begin(given === undefined ? end.signal : AbortSignal.any([end.signal, given]), new Gate(maxAtOnce));
  const closeOne = async (one: C): Promise<O> => {
    // What goes wrong with one must not keep what became of the others from being told.
    try {
      return await close(one);
    } catch (error) {
      return failed(one, error instanceof Error ? error.message : `${error}`);
    }
  };
  try {
    yield* byEnd(closes.map(closeOne));
  } finally {
    end.abort();
  }
}
