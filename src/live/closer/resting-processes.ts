import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerId } from '../../samba/records/index.ts';

/** Who has done nothing for so long is taken to do nothing for as long again. */
const restMs = 250;
const stepMs = 20;
/** So long it is waited for a pause: longer than smbd keeps a thread for which it has no work. */
const patienceMs = 1500;

const whyWait =
  'it would crash if it were told to close a file while it reads or writes in it; try again, or end the whole session';

interface Known {
  /** By the clock of `performance`. */
  restsUntilMs: number;
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

  /** @returns why it can't be told to close a file now; null where it can, or has ended */
  async whyNot({ pid }: Pick<ServerId, 'pid'>): Promise<string | null> {
    if (!this.areSeen) return `whether smbd ${pid} is at work can't be seen from here: ${whyWait}`;
    let known = this.known.get(pid);
    if (known === undefined) {
      known = { restsUntilMs: 0, coming: undefined };
      this.known.set(pid, known);
    }
    if (performance.now() < known.restsUntilMs) return null;
    known.coming ??= this.watch(pid, known);
    return known.coming;
  }

  private async watch(pid: number, known: Known): Promise<string | null> {
    const rests = await this.waitForRest(pid);
    known.coming = undefined;
    if (!rests) return `smbd ${pid} has been at work for ${patienceMs / 1000} s: ${whyWait}`;
    known.restsUntilMs = performance.now() + restMs;
    return null;
  }

  private async waitForRest(pid: number): Promise<boolean> {
    const startMs = performance.now();
    let last = '';
    let sinceMs = startMs;
    for (;;) {
      const look = lookAt(pid);
      const nowMs = performance.now();
      if (look === 'idle' || look === 'gone') return true;
      if (look === 'at work' || look !== last) sinceMs = nowMs;
      if (nowMs - sinceMs >= restMs) return true;
      if (nowMs - startMs >= patienceMs || this.signal.aborted) return false;
      last = look;
      await sleep(stepMs);
    }
  }
}

/** Of a process that sleeps, and may have done some work just now, how often its threads were woken: it does none while that stays the same. */
function lookAt(pid: number): 'idle' | 'gone' | 'at work' | `woken ${string}` {
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
