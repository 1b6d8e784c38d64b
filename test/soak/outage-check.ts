import { isDeepStrictEqual } from 'node:util';
import type { Problem, SessionJson } from '../../src/sessions/index.ts';

/** What may be listed at a time. */
export interface Era {
  /**
   * `steady`: the steady sessions, all of them, unchanged. `ending`: some of them at most. `down`: nothing at all.
   * `starting`, `up`: whatever has come since; `up` once the server is known to listen.
   */
  readonly kind: 'steady' | 'ending' | 'down' | 'starting' | 'up';
  /** By location. */
  readonly steady: ReadonlyMap<string, SessionJson>;
  /** All sessions that were opened before this moment, in microseconds, have ended. */
  readonly since: number;
}

/** A list, or why there was none. */
export interface Asked {
  readonly sessions: readonly SessionJson[] | null;
  readonly problems: readonly Problem[];
}

export interface OutageFindings {
  answers: number;
  /** Answers without a list, where there could be none or where a server was about to start. */
  absent: number;
  /** Steady sessions that were missing while nothing happened to them. */
  missing: number;
  /** Sessions changed, made up, or listed beyond the end of their server. */
  wrong: number;
  /** Of all times that a server came up, the most answers until one was complete. */
  slowestRecovery: number;
  problems: Record<string, number>;
  examples: string[];
}

export function noOutageFindings(): OutageFindings {
  return { answers: 0, absent: 0, missing: 0, wrong: 0, slowestRecovery: 0, problems: {}, examples: [] };
}

const maxExamples = 10;

/** Looks at the answers of one reader while servers come and go. */
export class OutageCheck {
  readonly findings: OutageFindings = noOutageFindings();
  private readonly strangers: string;
  private recovering: Era | undefined;
  private triesSinceUp = 0;

  /** @param strangers the user of all sessions that are not steady */
  constructor(strangers: string) {
    this.strangers = strangers;
  }

  /** Whether the server of this era has been listed whole. */
  hasRecovered(era: Era): boolean {
    return this.recovering === era && this.triesSinceUp === 0;
  }

  /** @param before the era when it was asked; @param after that when the answer came */
  take({ sessions, problems }: Asked, before: Era, after: Era): void {
    const { findings } = this;
    findings.answers++;
    for (const { code } of problems) findings.problems[code] = (findings.problems[code] ?? 0) + 1;
    if (sessions === null) findings.absent++;
    this.checkListed(sessions ?? [], before, after);
    // What happens between question and answer may show in it or not.
    if (before !== after) return;
    if (after.kind === 'steady') this.checkWhole(sessions, problems, after);
    if (after.kind === 'up') this.followRecovery(after, sessions !== null && problems.length === 0);
  }

  private checkListed(sessions: readonly SessionJson[], before: Era, after: Era): void {
    for (const session of sessions) {
      const isOfEra = [before, after].some((era) => mayList(era, session, this.strangers));
      if (!isOfEra) this.find('wrong', `${before.kind} to ${after.kind}: ${JSON.stringify(session)}`);
    }
  }

  private checkWhole(sessions: Asked['sessions'], problems: Asked['problems'], { steady }: Era): void {
    const listed = new Set(sessions?.map(({ location }) => location));
    for (const location of steady.keys()) {
      if (!listed.has(location)) this.find('missing', `${location}; ${JSON.stringify(problems)}`);
    }
  }

  private followRecovery(era: Era, isComplete: boolean): void {
    if (this.recovering !== era) this.triesSinceUp = 1;
    else if (this.triesSinceUp > 0) this.triesSinceUp++;
    this.recovering = era;
    if (!isComplete || this.triesSinceUp === 0) return;
    this.findings.slowestRecovery = Math.max(this.findings.slowestRecovery, this.triesSinceUp);
    this.triesSinceUp = 0;
  }

  private find(what: 'missing' | 'wrong', example: string): void {
    this.findings[what]++;
    if (this.findings.examples.length < maxExamples) this.findings.examples.push(`${what}: ${example}`.slice(0, 2000));
  }
}

function mayList({ kind, steady, since }: Era, session: SessionJson, strangers: string): boolean {
  // Dates have milliseconds.
  const isOfServer = kind !== 'down' && Date.parse(session.opened_at ?? '') * 1000 >= since - 1000;
  if (kind === 'up' || kind === 'starting' || session.user.name === strangers) return isOfServer;
  const known = steady.get(session.location);
  const keep = kind === 'ending' ? lastingOf : constantOf;
  return isOfServer && known !== undefined && isDeepStrictEqual(keep(session), keep(known));
}

/** All but what only some of the readers know. */
function constantOf({ last_active_at: _, idle_certainty: __, ...constant }: SessionJson) {
  return constant;
}

/** What a session keeps to its end; smbd closes its files, trees and channels one by one before. */
function lastingOf({ location, user, opened_at, dialect, pid, is_guest }: SessionJson) {
  return { location, user, opened_at, dialect, pid, is_guest };
}
