import type { BigIntStats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const limitMs = 1000;
/** Node has four threads for such looks, and one at a folder that does not answer takes its thread with it. */
const atOnce = 2;

/** The places that are free, for the whole program, and who waits for one. */
const places = { free: atOnce, waiting: new Set<() => void>() };

/** Looks at paths that may lie on a server which does not answer: few at once, and not for long. */
export class Looks {
  /** Does as much of the work as can be done within a second, also where others look meanwhile. */
  async each<T>(things: Iterable<T>, look: (thing: T) => Promise<void>): Promise<void> {
    const waiting = things[Symbol.iterator]();
    const end = new AbortController();
    const work = async () => {
      for (let next = waiting.next(); !next.done; next = waiting.next()) {
        if (!(await takePlace(end.signal))) return;
        try {
          await look(next.value);
        } finally {
          freePlace();
        }
      }
    };
    const limit = sleep(limitMs, undefined, { signal: end.signal }).catch(() => undefined);
    await Promise.race([Promise.all(Array.from({ length: atOnce }, work)), limit]);
    end.abort();
  }

  /** Null where there is nothing, or nothing that we may see. */
  at(path: string): Promise<BigIntStats | null> {
    return lstat(path, { bigint: true }).catch(() => null);
  }

  /** The same where a link leads to. */
  follow(path: string): Promise<BigIntStats | null> {
    return stat(path, { bigint: true }).catch(() => null);
  }
}

/** @returns false where the signal was aborted before a place was free */
function takePlace(signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  if (places.free > 0) {
    places.free--;
    return Promise.resolve(true);
  }
  return new Promise((resolve) => {
    const take = () => {
      signal.removeEventListener('abort', giveUp);
      resolve(true);
    };
    const giveUp = () => {
      places.waiting.delete(take);
      resolve(false);
    };
    places.waiting.add(take);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}

function freePlace(): void {
  const [next] = places.waiting;
  if (next === undefined) {
    places.free++;
    return;
  }
  places.waiting.delete(next);
  next();
}
