import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../support/load/index.ts';
import type { PrivateSamba } from '../support/samba/index.ts';

/** What was done to the server's processes. */
export interface TormentCounts {
  kills: number;
  stops: number;
}

export interface TormentOptions {
  readonly samba: PrivateSamba;
  /** Those that serve the steady sessions, and Samba's own helpers. */
  readonly spared: ReadonlySet<number>;
  readonly dice: Dice;
  /** One in so many stops is a kill instead. Each leaves records behind for good. */
  readonly killEvery: number;
  readonly everyMs: number;
}

const longestStopMs = 300;

/** Stops processes that serve the churn, and kills one now and then. */
export class Torment {
  readonly counts: TormentCounts = { kills: 0, stops: 0 };
  private readonly options: TormentOptions;
  private readonly over = new AbortController();

  constructor(options: TormentOptions) {
    this.options = options;
  }

  /** Returns once `stop` was called; nothing is left stopped then. */
  async run(): Promise<void> {
    const { samba, spared, dice, killEvery, everyMs } = this.options;
    for (let turn = 1; !this.over.signal.aborted; turn++) {
      const victims = samba.children().filter((pid) => !spared.has(pid));
      if (victims.length > 0) {
        const victim = dice.pick(victims);
        if (turn % killEvery === 0) {
          samba.signal(victim, 'SIGKILL');
          this.counts.kills++;
        } else {
          samba.signal(victim, 'SIGSTOP');
          this.counts.stops++;
          await sleep(dice.between(10, longestStopMs));
          samba.signal(victim, 'SIGCONT');
        }
      }
      await sleep(dice.between(0, 2 * everyMs), undefined, { signal: this.over.signal }).catch(() => {});
    }
  }

  stop(): void {
    this.over.abort();
  }
}
