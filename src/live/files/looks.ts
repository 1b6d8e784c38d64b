import type { BigIntStats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const limitMs = 1000;
/** Node has four threads for such looks, and one at a folder that does not answer takes its thread with it. */
const atOnce = 2;

/** Looks at paths that may lie on a server which does not answer: few at once, and not for long. */
export class Looks {
  private underWay = 0;

  /** Does as much of the work as can be done within a second. */
  async each<T>(things: Iterable<T>, look: (thing: T) => Promise<void>): Promise<void> {
    const waiting = things[Symbol.iterator]();
    const end = new AbortController();
    const work = async () => {
      for (let next = waiting.next(); !next.done && !end.signal.aborted; next = waiting.next()) await look(next.value);
    };
    const workers = Array.from({ length: Math.max(0, atOnce - this.underWay) }, work);
    const limit = sleep(limitMs, undefined, { signal: end.signal }).catch(() => undefined);
    await Promise.race([Promise.all(workers), limit]);
    end.abort();
  }

  /** Null where there is nothing, or nothing that we may see. */
  at(path: string): Promise<BigIntStats | null> {
    return this.count(lstat(path, { bigint: true }));
  }

  /** The same where a link leads to. */
  follow(path: string): Promise<BigIntStats | null> {
    return this.count(stat(path, { bigint: true }));
  }

  private async count(found: Promise<BigIntStats>): Promise<BigIntStats | null> {
    this.underWay++;
    try {
      return await found;
    } catch {
      return null;
    } finally {
      this.underWay--;
    }
  }
}
