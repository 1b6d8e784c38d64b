import { KernelError } from '../../kernel/index.ts';
import {
  clockOrigin,
  type Full,
  type Instant,
  instantOf,
  type Session,
  type SessionSource,
} from '../../sessions/index.ts';
import type { LocalSource } from '../local-source.ts';
import { ConnectionActivity } from './connection-activity.ts';
import { type Look, lookAtConnections, sharesNetwork } from './connections.ts';
import { LostChannels } from './lost-channels.ts';
import { type SessionIdle, sessionIdle } from './session-idle.ts';
import { type Usages, usagesOf } from './usages.ts';

/** What the last look at the kernel's counters gave. */
export type IdleReport =
  | { readonly numConnections: number; readonly numFound: number }
  /** Why there was none, and what to do about that. */
  | { readonly reason: string; readonly advice: string | null };

/** While nobody asks, looking may take so much of one processor's time, but for pauses shorter than this. */
const share = 0.01;
const shortestPauseMs = 1000;

/**
 * The sessions of a local Samba with how long each has been idle, by the kernel's counters of their TCP connections. These
 * are looked at after the records were read, and anew for each list: nobody who has just worked is listed as idle.
 *
 * Where they can't be looked at, idle is unknown, and nothing else is lost.
 */
export class IdleSource implements SessionSource, Disposable {
  private readonly local: LocalSource;
  private readonly longestPauseMs: number | null;
  private timer: NodeJS.Timeout | undefined;
  private isDisposed = false;
  private turn: Promise<unknown> = Promise.resolve();
  private activities: ReadonlyMap<string, ConnectionActivity> = new Map();
  private usages: Usages = usagesOf([]);
  private readonly lost = new LostChannels();
  private origin = clockOrigin();
  private listed: readonly Session[] = [];
  private lookedAt: Instant | null = null;
  private report: IdleReport | null = null;

  /** @param longestPauseMs between two looks while nobody asks; null for no looks. No process is kept alive by them. */
  constructor(local: LocalSource, longestPauseMs: number | null) {
    this.local = local;
    this.longestPauseMs = longestPauseMs;
    this.rest(0);
  }

  /** One after another: each goes on from what the one before saw. */
  refresh(): Promise<Full> {
    const full = this.turn.then(() => this.read());
    this.turn = full.catch(() => undefined);
    return full;
  }

  /** What the last look gave; null before there was anything to look at. */
  get lastReport(): IdleReport | null {
    return this.report;
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
    clearTimeout(this.timer);
    this.local[Symbol.dispose]();
  }

  private async read(): Promise<Full> {
    const startMs = performance.now();
    try {
      return await this.tryRead();
    } finally {
      this.rest(performance.now() - startMs);
    }
  }

  /** Starts the pause anew: whoever asks looks for all. */
  private rest(costMs: number): void {
    clearTimeout(this.timer);
    if (this.longestPauseMs === null || this.isDisposed) return;
    const pauseMs = Math.min(this.longestPauseMs, Math.max(shortestPauseMs, costMs / share));
    // What goes wrong here goes wrong for the next who asks as well.
    this.timer = setTimeout(() => this.refresh().catch(() => undefined), pauseMs).unref();
  }

  private async tryRead(): Promise<Full> {
    const full = await this.local.refresh();
    const { takenAt } = full.parts[0]!;
    const origin = clockOrigin();
    const look = await this.tryLook(full.sessions);
    if (takenAt === null || look === null) return full;
    if (clockOrigin() !== origin) return this.tryRead(); // set between: those are moments of two clocks
    this.follow(origin);
    const sessions = this.join(full.sessions, look);
    this.lookedAt = takenAt;
    return { ...full, sessions };
  }

  private async tryLook(sessions: readonly Session[]): Promise<Look | null> {
    if (sessions.length === 0) return new Map();
    const pid = this.local.lastRead?.instance.pid ?? null;
    if (pid !== null && !sharesNetwork(pid)) {
      return this.giveUp('its network is another than ours', 'run smbwho in the network of smbd');
    }
    try {
      return await lookAtConnections(sessions);
    } catch (error) {
      if (error instanceof KernelError) return this.giveUp(`${error.code}: ${error.message}`, null);
      throw error;
    }
  }

  /** Where the clock was set, what was seen of connections is forgotten: what the kernel says now is a bound. */
  private follow(origin: Instant): void {
    if (origin === this.origin) return;
    this.lost.move(origin - this.origin);
    this.activities = new Map();
    this.lookedAt = null;
    this.origin = origin;
  }

  private giveUp(reason: string, advice: string | null): null {
    this.report = { reason, advice };
    return null;
  }

  private join(sessions: readonly Session[], look: Look): readonly Session[] {
    const former = this.usages;
    if (former.sessions !== sessions) this.usages = usagesOf(sessions);
    const { usages, keys } = this.usages;
    this.activities = this.lookAt(look);
    this.report = {
      numConnections: usages.size,
      numFound: usages
        .keys()
        .filter((key) => look.has(key))
        .toArray().length,
    };
    const work = (key: string | null) => (key !== null && look.has(key) && this.activities.get(key)?.work) || null;
    const lookedAt = instantOf(performance.now());
    this.lost.note(former, this.usages, lookedAt);
    const idles = sessions.map((session, i) =>
      sessionIdle(session, keys[i]!.map(work), lookedAt, this.lost.of(session)),
    );
    this.listed = merge(sessions, idles, former.sessions, this.listed);
    return this.listed;
  }

  /** A connection that a look has missed is kept for the next: the cookie will tell whether it is the same. */
  private lookAt(look: Look): Map<string, ConnectionActivity> {
    const activities = new Map<string, ConnectionActivity>();
    for (const [key, usage] of this.usages.usages) {
      const seen = look.get(key);
      let activity = this.activities.get(key);
      if (seen !== undefined && activity?.cookie === seen.cookie) activity.look(seen, usage);
      else if (seen !== undefined) activity = new ConnectionActivity(seen, usage, this.lookedAt);
      if (activity !== undefined) activities.set(key, activity);
    }
    return activities;
  }
}

/** Sessions with their idle times. One that did not change is the very object that was listed before; so is the list. */
function merge(
  sessions: readonly Session[],
  idles: readonly SessionIdle[],
  former: readonly Session[],
  listed: readonly Session[],
): readonly Session[] {
  const before = sessions === former ? null : new Map(former.map((session, i) => [session, listed[i]!]));
  let isChanged = sessions !== former;
  const merged = sessions.map((session, i) => {
    const one = before === null ? listed[i] : before.get(session);
    const idle = idles[i]!;
    if (one?.lastActiveAt === idle.lastActiveAt && one.idleCertainty === idle.idleCertainty) return one;
    isChanged = true;
    return { ...session, ...idle };
  });
  return isChanged ? merged : listed;
}
