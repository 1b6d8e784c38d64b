import { ApiError } from './errors.ts';

/** The closes of an app that are under way. */
export class RunningCloses {
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  /** Aborted once the app ends. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /**
   * Adds one.
   *
   * @returns what says that it has ended, and been recorded
   * @throws ApiError ending_error: nothing more is begun
   */
  add(): () => void {
    if (this.signal.aborted) throw new ApiError('ending_error', 'this server is ending; nothing was closed');
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#running.add(promise);
    return () => {
      this.#running.delete(promise);
      resolve();
    };
  }

  /** Lets none begin any more, and those that have begun send nothing more. */
  stop(): void {
    this.#stop.abort();
  }

  /** Once all have ended. */
  async end(): Promise<void> {
    await Promise.all(this.#running);
  }
}
