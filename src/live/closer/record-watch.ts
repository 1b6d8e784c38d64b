import { setTimeout as sleep } from 'node:timers/promises';
import type { Problem } from '../../sessions/index.ts';
import { ServerProblem } from '../database.ts';
import type { SambaServer } from '../samba-server.ts';
import type { ClosableServer } from './closable-server.ts';

const firstPauseMs = 2;
const longestPauseMs = 50;
/** Reading a large server's records takes a while: no more than a third of the time. */
const pauseTimes = 2;

interface Waiter<S> {
  /** True once it waits no longer. */
  readonly see: (seen: Seen<S>) => boolean;
  /** It could not look. */
  readonly fail: (error: unknown) => void;
}

/** What the records showed, or why they could not be read. */
export type Seen<S> =
  | { readonly sighting: S; readonly problem: null }
  | { readonly sighting: null; readonly problem: Problem };

/** Reads a server's records again and again, for all who wait for something in them. */
export class RecordWatch<S> {
  private readonly source: ClosableServer['source'];
  private readonly sight: (server: SambaServer) => S;
  private readonly signal: AbortSignal;
  private readonly waiting = new Set<Waiter<S>>();
  private pauseMs = firstPauseMs;
  private isRunning = false;

  /** @param sight reads the records; it throws ServerProblem where it can't */
  constructor(source: ClosableServer['source'], sight: (server: SambaServer) => S, signal: AbortSignal) {
    this.source = source;
    this.sight = sight;
    this.signal = signal;
  }

  /** The records as they are after this was asked. */
  look(): Promise<Seen<S>> {
    const { promise, resolve, reject } = Promise.withResolvers<Seen<S>>();
    this.wait({
      fail: reject,
      see: (seen) => {
        resolve(seen);
        return true;
      },
    });
    return promise;
  }

  /**
   * What is first found in the records, looked at until the time is over.
   *
   * @returns undefined where it was not found, and the problem where the records could not be read in the end
   */
  until<T>(find: (sighting: S) => T | undefined, limitMs: number): Promise<T | Problem | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<T | Problem | undefined>();
    const endMs = performance.now() + limitMs;
    this.wait({
      fail: reject,
      see: ({ sighting, problem }) => {
        const found = problem === null ? find(sighting) : undefined;
        const isOver = found !== undefined || performance.now() >= endMs || this.signal.aborted;
        if (isOver) resolve(found ?? problem ?? undefined);
        return isOver;
      },
    });
    return promise;
  }

  private wait(waiter: Waiter<S>): void {
    this.waiting.add(waiter);
    this.pauseMs = firstPauseMs;
    if (this.isRunning) return;
    this.isRunning = true;
    setImmediate(() => this.run());
  }

  private async run(): Promise<void> {
    while (this.waiting.size > 0) {
      const startMs = performance.now();
      const seen = await this.read();
      for (const waiter of this.waiting) if (isDone(waiter, seen)) this.waiting.delete(waiter);
      if (this.waiting.size === 0) break;
      await sleep(Math.max(this.pauseMs, pauseTimes * (performance.now() - startMs)));
      this.pauseMs = Math.min(longestPauseMs, this.pauseMs * 1.5);
    }
    this.isRunning = false;
  }

  private async read(): Promise<Seen<S>> {
    const { source } = this;
    try {
      if (source.lastRead !== null) return { sighting: this.sight(source.lastRead), problem: null };
    } catch (error) {
      if (!(error instanceof ServerProblem)) return unseen(strange(error));
    }
    // Nobody has read it yet, or it can't be read as it was: it may be back elsewhere.
    try {
      const { parts } = await source.refresh();
      if (source.lastRead !== null) return { sighting: this.sight(source.lastRead), problem: null };
      return unseen(parts[0]!.problems[0] ?? strange('it was not read'));
    } catch (error) {
      return unseen(error instanceof ServerProblem ? error.problem : strange(error));
    }
  }
}

function unseen(problem: Problem): Seen<never> {
  return { sighting: null, problem };
}

/** One that can't look waits no longer, and keeps no other from seeing. */
function isDone<S>(waiter: Waiter<S>, seen: Seen<S>): boolean {
  try {
    return waiter.see(seen);
  } catch (error) {
    waiter.fail(error);
    return true;
  }
}

function strange(error: unknown): Problem {
  return { code: 'SAMBA_UNREADABLE', message: `its records can't be read: ${error}` };
}
