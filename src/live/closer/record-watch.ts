import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant, Problem } from '../../sessions/index.ts';
import { ServerProblem } from '../samba-server.ts';
import type { ClosableServer } from './closable-server.ts';
import { Sighting } from './sighting.ts';

const firstPauseMs = 2;
const longestPauseMs = 50;
/** Reading a large server's records takes a while: no more than a third of the time. */
const pauseTimes = 2;

interface Waiter {
  /** True once it waits no longer. */
  readonly see: (sighting: Sighting | Problem) => boolean;
  /** It could not look. */
  readonly fail: (error: unknown) => void;
}

/** Reads a server's session records again and again, for all who wait for something in them. */
export class RecordWatch {
  private readonly source: ClosableServer['source'];
  private readonly signal: AbortSignal;
  private readonly since: Instant;
  private readonly waiting = new Set<Waiter>();
  private pauseMs = firstPauseMs;
  private isRunning = false;

  /** @param since of the sessions that count as new */
  constructor(source: ClosableServer['source'], since: Instant, signal: AbortSignal) {
    this.source = source;
    this.since = since;
    this.signal = signal;
  }

  /** The records as they are after this was asked. */
  look(): Promise<Sighting | Problem> {
    const { promise, resolve, reject } = Promise.withResolvers<Sighting | Problem>();
    this.wait({
      fail: reject,
      see: (sighting) => {
        resolve(sighting);
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
  until<T>(find: (sighting: Sighting) => T | undefined, limitMs: number): Promise<T | Problem | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<T | Problem | undefined>();
    const endMs = performance.now() + limitMs;
    this.wait({
      fail: reject,
      see: (sighting) => {
        const found = sighting instanceof Sighting ? find(sighting) : undefined;
        const isOver = found !== undefined || performance.now() >= endMs || this.signal.aborted;
        if (isOver) resolve(found ?? (sighting instanceof Sighting ? undefined : sighting));
        return isOver;
      },
    });
    return promise;
  }

  private wait(waiter: Waiter): void {
    this.waiting.add(waiter);
    this.pauseMs = firstPauseMs;
    if (this.isRunning) return;
    this.isRunning = true;
    setImmediate(() => this.run());
  }

  private async run(): Promise<void> {
    while (this.waiting.size > 0) {
      const startMs = performance.now();
      const sighting = await this.read();
      for (const waiter of this.waiting) if (isDone(waiter, sighting)) this.waiting.delete(waiter);
      if (this.waiting.size === 0) break;
      await sleep(Math.max(this.pauseMs, pauseTimes * (performance.now() - startMs)));
      this.pauseMs = Math.min(longestPauseMs, this.pauseMs * 1.5);
    }
    this.isRunning = false;
  }

  private async read(): Promise<Sighting | Problem> {
    const { source, since } = this;
    try {
      if (source.lastRead !== null) return new Sighting(source.lastRead, since);
    } catch (error) {
      if (!(error instanceof ServerProblem)) return strange(error);
    }
    // Nobody has read it yet, or it can't be read as it was: it may be back elsewhere.
    try {
      const { parts } = await source.refresh();
      const problem = parts[0]!.problems[0] ?? strange('it was not read');
      return source.lastRead === null ? problem : new Sighting(source.lastRead, since);
    } catch (error) {
      return error instanceof ServerProblem ? error.problem : strange(error);
    }
  }
}

/** One that can't look waits no longer, and keeps no other from seeing. */
function isDone(waiter: Waiter, sighting: Sighting | Problem): boolean {
  try {
    return waiter.see(sighting);
  } catch (error) {
    waiter.fail(error);
    return true;
  }
}

function strange(error: unknown): Problem {
  return { code: 'SAMBA_UNREADABLE', message: `its records can't be read: ${error}` };
}
