import { globalParameter, readSmbConf, type SambaInstance } from '../samba/conf/index.ts';
import { askSmbstatus, type SmbstatusAnswer, SmbstatusError, type SmbstatusLimits } from '../samba/smbstatus/index.ts';
import { type Full, now, type Part, type Problem, type Session, type SessionSource } from '../sessions/index.ts';
import { type IdleReport, IdleSource } from './idle/idle-source.ts';
import { LocalSource, type LocalSourceOptions } from './local-source.ts';
import { toProblem } from './problems.ts';
import type { SambaServer } from './samba-server.ts';
import { joinSmbstatus } from './smbstatus-join.ts';

/** An answer of smbstatus stands for so long at least, and for so many times what it took to get. */
const leastKeptMs = 5000;
const keptTimes = 10;

/** What smbstatus said, or why it said nothing. */
interface Kept {
  readonly takenAt: Part['takenAt'];
  readonly sessions: readonly Session[];
  readonly problem: Problem;
  /** Of the server that was asked. */
  readonly pid: number | null;
  /** By the clock of `performance`. */
  readonly untilMs: number;
}

export interface FallbackOptions extends LocalSourceOptions {
  /** Null for no fallback. */
  readonly fallback: SmbstatusLimits | null;
  /** The longest pause, in ms, between two looks at idle times while nobody asks. Default: no looks then. */
  readonly idlePauseMs?: number;
}

/**
 * The sessions of a Samba server on this machine: from its databases, and from its own `smbstatus --json` only where no
 * known layout reads the records of one of them. smbstatus takes Samba's locks, so one answer, or failure, is for all who
 * ask meanwhile, and no two runs are under way at once.
 */
export class FallbackSource implements SessionSource, Disposable {
  private readonly options: FallbackOptions;
  /** What reads the databases. */
  readonly local: LocalSource;
  private readonly known: IdleSource;
  private readonly end = new AbortController();
  private running: Promise<Kept> | undefined;
  private kept: Kept | undefined;

  constructor(options: FallbackOptions) {
    this.options = options;
    this.local = new LocalSource(options);
    this.known = new IdleSource(this.local, options.idlePauseMs ?? null);
  }

  async refresh(): Promise<Full> {
    const full = await this.known.refresh();
    const part = full.parts[0]!;
    const isUnknown = part.takenAt === null && part.problems.some(({ code }) => code === 'RECORD_LAYOUT_UNKNOWN');
    if (!isUnknown || this.options.fallback === null) return full;
    const { takenAt, sessions, problem } = await this.ask(this.options.fallback);
    return { kind: 'full', parts: [{ ...part, takenAt, problems: [...part.problems, problem] }], sessions };
  }

  /** The server whose records were last read; null where they could not be. */
  get lastRead(): SambaServer | null {
    return this.local.lastRead;
  }

  /** What the last look at their connections gave; null where there was none. */
  get lastIdleReport(): IdleReport | null {
    return this.known.lastReport;
  }

  /** Ends an smbstatus that runs, for good. */
  [Symbol.dispose](): void {
    this.end.abort();
    this.known[Symbol.dispose]();
  }

  private async ask(limits: SmbstatusLimits): Promise<Kept> {
    if (this.running !== undefined) return this.running;
    let instance: SambaInstance;
    try {
      instance = this.options.locate();
    } catch (error) {
      return { ...nothing(toProblem(error, 'smb.conf')), pid: null, untilMs: 0 };
    }
    const { kept } = this;
    if (kept !== undefined && kept.pid === instance.pid && performance.now() < kept.untilMs) return kept;
    this.running = this.run(instance, limits).finally(() => {
      this.running = undefined;
    });
    this.kept = await this.running;
    return this.kept;
  }

  private async run(instance: SambaInstance, limits: SmbstatusLimits): Promise<Kept> {
    const [takenAt, startMs] = [now(), performance.now()];
    const elapsedMs = () => performance.now() - startMs;
    const keep = (said: Omit<Kept, 'pid' | 'untilMs'>): Kept => {
      const untilMs = performance.now() + Math.max(leastKeptMs, keptTimes * elapsedMs());
      return { ...said, pid: instance.pid, untilMs };
    };
    try {
      const answer = await askSmbstatus(instance, limits, this.end.signal);
      const context = { ...instance, instance: this.options.instance, guestAccount: guestAccountOf(instance) };
      const sessions = joinSmbstatus(answer, context);
      return keep({ takenAt, sessions, problem: describe(answer, elapsedMs()) });
    } catch (error) {
      if (!(error instanceof SmbstatusError)) throw error;
      return keep(nothing({ code: error.code, message: error.message }));
    }
  }
}

function nothing(problem: Problem): Pick<Kept, 'takenAt' | 'sessions' | 'problem'> {
  return { takenAt: null, sessions: [], problem };
}

function describe({ sessions, numUnread }: SmbstatusAnswer, elapsedMs: number): Problem {
  const isOld = sessions.some(({ createdAt }) => createdAt === null);
  const missing = ['SIDs', ...(isOld ? ['ages', 'server addresses'] : []), 'which guests are anonymous'];
  const unread = numUnread === 0 ? '' : `; ${numUnread} of its entries could not be read`;
  const message =
    `the list is what smbstatus --json says, which took Samba's locks for up to ${Math.round(elapsedMs)} ms: ` +
    `${missing.join(', ')} and exact open counts are not known, and none of these sessions can be closed${unread}`;
  return { code: 'FALLBACK_USED', message };
}

/** Samba's default is `nobody`. */
function guestAccountOf({ smbConfPath, root }: SambaInstance): string {
  try {
    const conf = smbConfPath === null ? undefined : readSmbConf(smbConfPath, root);
    return (conf && globalParameter(conf, 'guest account')) ?? 'nobody';
  } catch {
    return 'nobody';
  }
}
