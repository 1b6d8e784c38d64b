/** What jobs come to, in the order in which they end. */
export async function* byEnd<T>(jobs: readonly Promise<T>[]): AsyncGenerator<T, void> {
  const ends = jobs.map(() => Promise.withResolvers<T>());
  let numEnded = 0;
  for (const { promise } of ends) promise.catch(() => undefined); // who turns away does not hear of it
  for (const job of jobs) {
    job.then(
      (value) => ends[numEnded++]!.resolve(value),
      (error) => ends[numEnded++]!.reject(error),
    );
  }
  for (const { promise } of ends) yield await promise;
}

/** Lets so many through at once; the others wait, first come first served. */
export class Gate {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.free = limit;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
