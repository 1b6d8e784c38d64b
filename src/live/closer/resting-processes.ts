import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerId } from '../../samba/records/index.ts';

/** Who has several threads, and has woken none of them for so long, has nothing under way. */
const restMs = 250;
const stepMs = 20;
/** What smbd was just told is done within this, mostly: then it is looked at more often. */
const soonMs = 50;
const soonStepMs = 2;
/** So long it is waited for a pause: longer than smbd keeps a thread for which it has no work. */
const patienceMs = 1500;

const whyWait =
  'it would crash if it were told to close a file while it reads or writes in it; try again, or end the whole session';

interface Known {
  /** What a look gave when it last had paused. */
  atRest: Look | undefined;
  coming: Promise<string | null> | undefined;
}

/**
 * Waits for pauses of smbd processes. One that is told to close a file while it reads or writes in it for its client panics
 * (`assert_no_pending_aio` of close.c; seen on 4.13, 4.17 and 4.25), and all whom it serves lose their connection. It reads
 * and writes on threads of their own, which end after a second without work (pthreadpool.c): who sleeps and has but one
 * thread has nothing under way, and had nothing lately.
 */
export class RestingProcesses {
  private readonly known = new Map<number, Known>();
  private readonly areSeen: boolean;
  private readonly signal: AbortSignal;

  /** @param areSeen whether their pids are ours; nothing can be told of them otherwise */
  constructor(areSeen: boolean, signal: AbortSignal) {
    this.areSeen = areSeen;
    this.signal = signal;
  }

  /**
   * Waits until it pauses.
   *
   * @returns why it can't be told to close a file; null where it can while `restsNow`, or has ended
   */
  async whyNot({ pid }: Pick<ServerId, 'pid'>): Promise<string | null> {
    if (!this.areSeen) return `whether smbd ${pid} is at work can't be seen from here: ${whyWait}`;
    if (this.restsNow({ pid })) return null;
    const known = this.known.get(pid) ?? { atRest: undefined, coming: undefined };
    this.known.set(pid, known);
    known.coming ??= this.watch(pid, known);
    return known.coming;
  }

  /** Whether it pauses at this very moment: to be asked right before each message, which wakes it. */
  restsNow({ pid }: Pick<ServerId, 'pid'>): boolean {
    if (!this.areSeen) return false;
    const look = lookAt(pid);
    return look === 'idle' || look === 'gone' || (look !== 'at work' && look === this.known.get(pid)?.atRest);
  }

  private async watch(pid: number, known: Known): Promise<string | null> {
    known.atRest = await this.waitForRest(pid);
    known.coming = undefined;
    return known.atRest === undefined ? `smbd ${pid} has been at work for ${patienceMs / 1000} s: ${whyWait}` : null;
  }

  private async waitForRest(pid: number): Promise<Look | undefined> {
    const startMs = performance.now();
    let last: Look | undefined;
    let sinceMs = startMs;
    for (;;) {
      const look = lookAt(pid);
      const nowMs = performance.now();
      if (look === 'idle' || look === 'gone') return look;
      if (look === 'at work' || look !== last) sinceMs = nowMs;
      if (nowMs - sinceMs >= restMs) return look;
      if (nowMs - startMs >= patienceMs || this.signal.aborted) return undefined;
      last = look;
      await sleep(nowMs - startMs < soonMs ? soonStepMs : stepMs);
    }
  }
}

/** `woken`: it sleeps, and may have done some work just now; how often its threads were woken: it does none while that stays. */
type Look = 'idle' | 'gone' | 'at work' | `woken ${string}`;

function lookAt(pid: number): Look {
  const folder = `/proc/${pid}/task`;
  try {
    const threads = readdirSync(folder);
    const looks = threads.map((thread) => {
      const status = readFileSync(`${folder}/${thread}/status`, 'latin1');
      const switches = status.match(/^(non)?voluntary_ctxt_switches:\t\d+/gm);
      return /^State:\tS/m.test(status) && switches !== null ? `${thread} ${switches.join(' ')}` : null;
    });
    if (looks.includes(null)) return 'at work';
    return threads.length === 1 ? 'idle' : `woken ${looks.join('\n')}`;
  } catch {
    return hasEnded(folder) ? 'gone' : 'at work'; // a thread has ended while it was looked at
  }
}

function hasEnded(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
