import { isDeepStrictEqual } from 'node:util';
import type { SessionJson } from '../../src/sessions/index.ts';

/** What a list must hold, and what may stand beside it. */
export interface Expected {
  /** These, whole and unchanged, in every answer. */
  readonly steady: readonly SessionJson[];
  readonly shares: readonly string[];
  /** Since this moment, in microseconds, the steady sessions do nothing. */
  readonly quietSince: number;
}

/** One answer in the form that all ways to ask are brought to; null for what this way does not say. */
export interface Answer {
  readonly sessions: readonly Listed[];
  readonly problems: readonly { readonly code: string }[];
  /** Microseconds since 1970 when it was asked for. */
  readonly askedAt: number;
}

export interface Listed {
  readonly location: string;
  /** All that must not change in a steady session. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly userName: string | null;
  /** The user as this answer shows it, to be the same for one name. */
  readonly user: unknown;
  readonly shareNames: readonly string[];
  readonly clientAddress: string | null;
  readonly serverAddress: string | null;
  /** Microseconds since 1970, as exact as this way to ask tells it. */
  readonly openedAt: number | null;
  readonly lastActiveAt: number | null;
  readonly pid: number | null;
  readonly numChannels: number | null;
}

/** What was found. */
export interface Findings {
  answers: number;
  /** Answers that held no list at all. */
  refused: number;
  /** Steady sessions that an answer lacked. */
  missing: number;
  /** Sessions with a field that can't be. */
  wrong: number;
  /** Sessions whose process was dead before the answer was asked for. */
  dead: number;
  doubled: number;
  /** Sessions that were in a list, then not, then again, though nothing was done to them. */
  returned: number;
  /** The same of sessions that were growing meanwhile, which is no fault, and the longest time that one was away. */
  moved: number;
  longestGapMs: number;
  /** Problems that came with answers, by code. */
  problems: Record<string, number>;
  /** The first of what was wrong, in words. */
  examples: string[];
}

export function noFindings(): Findings {
  return {
    answers: 0,
    refused: 0,
    missing: 0,
    wrong: 0,
    dead: 0,
    doubled: 0,
    returned: 0,
    moved: 0,
    longestGapMs: 0,
    problems: {},
    examples: [],
  };
}

/** What a duration says of a moment is as exact as the answer was quick. */
const toleratedMicros = 5_000_000;
const maxExamples = 10;
/** So many that have gone are remembered, to notice those that come back; few enough not to count as memory that grows. */
const maxGone = 5_000;

/** Looks at answer after answer of one reader. */
export class AnswerCheck {
  readonly findings = noFindings();
  private readonly expected: Expected;
  private readonly steady: ReadonlyMap<string, { readonly text: string; readonly openedAt: number | null }>;
  private readonly steadyPids: ReadonlySet<number>;
  private readonly users = new Map<string, string>();
  /** When each was first not listed any more, in microseconds. */
  private readonly gone = new Map<string, number>();
  private readonly deadSince = new Map<number, number>();
  private last = new Map<string, Listed>();

  /** @param steady the steady sessions in the form of this reader's answers */
  constructor(expected: Expected, steady: readonly Listed[]) {
    this.expected = expected;
    this.steady = new Map(
      steady.map(({ location, fields, openedAt }) => [location, { text: JSON.stringify(fields), openedAt }]),
    );
    this.steadyPids = new Set(expected.steady.map(({ pid }) => pid));
    for (const { userName, user } of steady) this.users.set(userName!, JSON.stringify(user));
  }

  /** From now on a session of this process that was opened before must not be listed. */
  noteDead(pid: number, at: number): void {
    this.deadSince.delete(pid);
    this.deadSince.set(pid, at);
    forgetFirst(this.deadSince);
  }

  refuse(reason: string): void {
    this.findings.answers++;
    this.findings.refused++;
    this.example(`no list: ${reason}`);
  }

  take({ sessions, problems, askedAt }: Answer): void {
    const { findings } = this;
    findings.answers++;
    for (const { code } of problems) findings.problems[code] = (findings.problems[code] ?? 0) + 1;
    const now = new Map<string, Listed>();
    for (const listed of sessions) {
      const { location } = listed;
      if (now.has(location)) this.find('doubled', `${location} stands there twice`);
      now.set(location, listed);
      const steady = this.steady.get(location);
      if (steady !== undefined) this.compare(steady, listed);
      else this.checkOther(listed, askedAt);
    }
    for (const location of this.steady.keys()) {
      if (!now.has(location)) this.find('missing', `${location} is missing`);
    }
    this.follow(now, askedAt);
  }

  private compare(steady: { text: string; openedAt: number | null }, listed: Listed): void {
    const { location, fields, openedAt, lastActiveAt } = listed;
    const text = JSON.stringify(fields);
    if (text !== steady.text) this.find('wrong', `${location}: ${describeDifference(steady.text, fields)}`);
    if (!isNear(openedAt, steady.openedAt))
      this.find('wrong', `${location} should be from ${steady.openedAt}, not ${openedAt}`);
    const isQuiet = lastActiveAt === null || lastActiveAt < this.expected.quietSince + toleratedMicros;
    if (!isQuiet)
      this.find('wrong', `${location} did nothing since ${this.expected.quietSince}, nor at ${lastActiveAt}`);
  }

  private checkOther(listed: Listed, askedAt: number): void {
    const { location, userName, user, shareNames, clientAddress, serverAddress, pid, openedAt } = listed;
    const isPlausible =
      this.users.get(userName ?? '') === JSON.stringify(user) &&
      shareNames.every((name) => this.expected.shares.includes(name)) &&
      clientAddress === '127.0.0.1' &&
      serverAddress === '127.0.0.1' &&
      !this.steadyPids.has(pid ?? 0);
    if (!isPlausible) this.find('wrong', `${location} can't be: ${JSON.stringify(listed)}`);
    const former = this.last.get(location);
    const isSame =
      former === undefined || (former.userName === userName && former.pid === pid && isNear(former.openedAt, openedAt));
    if (!isSame) this.find('wrong', `${location} was ${JSON.stringify(former)}, is ${JSON.stringify(listed)}`);
    if (former === undefined) this.checkReturn(listed, askedAt);
    const diedAt = pid === null ? undefined : this.deadSince.get(pid);
    // The pid may be another process's by now.
    if (diedAt !== undefined && askedAt >= diedAt && openedAt! < diedAt) {
      this.find('dead', `${location} is of process ${pid}, dead for ${Math.round((askedAt - diedAt) / 1000)} ms`);
    }
  }

  /**
   * smbd takes the record of a session that gets one more channel out of the file and puts it in again, larger. Where it
   * is kept from the processor in between, there is none to be read.
   */
  private checkReturn(listed: Listed, askedAt: number): void {
    const goneAt = this.gone.get(listed.location);
    if (goneAt === undefined) return;
    const gapMs = Math.round((askedAt - goneAt) / 1000);
    if (listed.numChannels === 1) this.find('returned', `gone for ${gapMs} ms: ${JSON.stringify(listed)}`);
    else this.findings.moved++;
    this.findings.longestGapMs = Math.max(this.findings.longestGapMs, gapMs);
  }

  private follow(now: Map<string, Listed>, askedAt: number): void {
    for (const location of this.last.keys()) if (!now.has(location)) this.gone.set(location, askedAt);
    forgetFirst(this.gone);
    this.last = now;
  }

  private find(what: 'missing' | 'wrong' | 'dead' | 'doubled' | 'returned', example: string): void {
    this.findings[what]++;
    this.example(`${what}: ${example}`);
  }

  private example(text: string): void {
    if (this.findings.examples.length < maxExamples) this.findings.examples.push(text.slice(0, 2000));
  }
}

function forgetFirst<K>(many: Map<K, unknown>): void {
  for (const key of many.keys()) {
    if (many.size <= maxGone) break;
    many.delete(key);
  }
}

function describeDifference(steady: string, fields: Listed['fields']): string {
  const different = Object.entries(JSON.parse(steady)).filter(
    ([name, value]) => !isDeepStrictEqual(fields[name], value),
  );
  return different
    .map(([name, value]) => `${name} should be ${JSON.stringify(value)}, is ${JSON.stringify(fields[name])}`)
    .join('; ');
}

function isNear(a: number | null, b: number | null): boolean {
  return a === b || (a !== null && b !== null && Math.abs(a - b) < toleratedMicros);
}
