import { setTimeout as sleep } from 'node:timers/promises';
import { isOutdated, type SambaInstance } from '../samba/conf/index.ts';
import type { TableStats } from '../samba/tdb/index.ts';
import { type Full, now, type Part, type Problem, type Session, type SessionSource } from '../sessions/index.ts';
import { ServerProblem } from './database.ts';
import { toProblem } from './problems.ts';
import { SambaServer } from './samba-server.ts';

/** While smbd starts, its files are empty or half made for some milliseconds. */
const startingMs = 1000;
const startingStepMs = 25;

export interface LocalSourceOptions {
  /** The instance's number in locations. */
  readonly instance: number;
  /** @throws InstanceError */
  readonly locate: () => SambaInstance;
}

/** The sessions of a Samba server on this machine, read from its own databases. */
export class LocalSource implements SessionSource, Disposable {
  private readonly options: LocalSourceOptions;
  private server: SambaServer | undefined;
  private readonly sums: TableStats = { bytesRead: 0, decoded: 0, anomalies: 0, chainsReread: 0, confirmed: 0 };

  constructor(options: LocalSourceOptions) {
    this.options = options;
  }

  async refresh(): Promise<Full> {
    const deadline = performance.now() + startingMs;
    for (;;) {
      const full = this.tryRefresh();
      const isStarting = full.parts[0]!.problems.some(({ code }) => code === 'TDB_TRUNCATED');
      if (!isStarting || performance.now() >= deadline) return full;
      await sleep(startingStepMs);
    }
  }

  /** The server that was last read, for a closer look; null where none could be. */
  get lastRead(): SambaServer | null {
    return this.server ?? null;
  }

  /** What all refreshes so far cost and met. */
  get stats(): Readonly<TableStats> {
    return this.sums;
  }

  [Symbol.dispose](): void {
    this.server?.[Symbol.dispose]();
    this.server = undefined;
  }

  private tryRefresh(): Full {
    const isKept = this.server !== undefined;
    if (this.server !== undefined && isOutdated(this.server.instance.confFiles)) this[Symbol.dispose]();
    const takenAt = now();
    let path = 'smb.conf';
    try {
      this.server ??= new SambaServer(this.options.locate());
      path = this.server.instance.lockDirectory;
      const { sessions, problems } = this.server.read(this.options.instance);
      for (const stats of this.server.stats) addTo(this.sums, stats);
      return this.full(sessions, takenAt, problems);
    } catch (error) {
      // The server may be back elsewhere, or as another release: start anew, and look at once where it was known before.
      this[Symbol.dispose]();
      if (isKept) return this.tryRefresh();
      return this.full([], null, [error instanceof ServerProblem ? error.problem : toProblem(error, path)]);
    }
  }

  private full(sessions: readonly Session[], takenAt: number | null, problems: readonly Problem[]): Full {
    const verdict = problems.length === 0 ? 'complete' : 'partial';
    const part: Part = { instance: this.options.instance, node: null, takenAt, verdict, problems, recording: null };
    return { kind: 'full', parts: [part], sessions };
  }
}

function addTo(sums: TableStats, stats: TableStats): void {
  for (const name of Object.keys(sums) as (keyof TableStats)[]) sums[name] += stats[name];
}
