import { runChurn } from './churn-phase.ts';
import { type ChurnGoal, type Condition, judgeChurn, judgeOutages } from './conditions.ts';
import { runOutages } from './outage-phase.ts';
import { churnFigures, churnLine, outageFigures, outageLine } from './report.ts';

export interface ReleaseRun {
  /** Root folder of the release's system; null for this machine's own. */
  readonly root: string | null;
  /** Of the first phase, the longest. */
  readonly seconds: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

const wantedPerSecond = 50;
/** More than is wanted: what a kill costs the clients, they make up for. */
const loginsPerSecond = 80;
/** 5,000 in twenty minutes. */
const snapshotsPerSecond = 5000 / (20 * 60);
/** Shorter runs say nothing of memory. */
const longSeconds = 15 * 60;
const shareOfOthers = 0.1;
const leastSeconds = 15;
const progressMs = 10_000;

/**
 * All phases on one release: churn; the whole server restarted, killed and stopped; then both again, shorter, with the
 * server in a pid namespace of its own.
 *
 * @returns what had to hold; nothing of a phase that was broken off
 */
export async function runRelease(run: ReleaseRun): Promise<Condition[]> {
  const otherSeconds = Math.max(leastSeconds, run.seconds * shareOfOthers);
  const conditions: Condition[] = [];
  for (const ownPids of [false, true]) {
    const place = ownPids ? 'own pids, ' : '';
    const seconds = ownPids ? otherSeconds : run.seconds;
    for (const [name, phase] of [
      [`${place}churn`, churn],
      [`${place}outages`, outages],
    ] as const) {
      if (run.signal.aborted) return conditions;
      const log = (line: string) => run.log(`${name}: ${line}`);
      const judged = await phase(run, { ownPids, seconds: phase === churn ? seconds : otherSeconds, log });
      if (run.signal.aborted) return conditions;
      for (const { name: text, holds } of judged) log(`${holds ? 'ok' : 'FAILED'}: ${text}`);
      conditions.push(...judged);
    }
  }
  return conditions;
}

interface Phase {
  readonly ownPids: boolean;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

async function churn({ root, seed, signal }: ReleaseRun, { ownPids, seconds, log }: Phase): Promise<Condition[]> {
  const goal: ChurnGoal = {
    snapshots: ownPids ? 1 : Math.round(seconds * snapshotsPerSecond),
    loginsPerSecond: ownPids ? 1 : wantedPerSecond,
    isLong: seconds >= longSeconds,
  };
  const say = atIntervals(log);
  const result = await runChurn({
    server: { root, ownPids },
    force: { seed, clients: 16, loginsPerSecond, killEvery: ownPids ? 4 : 25, pauseMs: 50 },
    steady: 200,
    signal,
    isEnough: (progress) => {
      say(() => churnLine(progress));
      return progress.seconds >= seconds;
    },
  });
  for (const line of churnFigures(result)) log(line);
  return judgeChurn(result, goal);
}

async function outages({ root, seed, signal }: ReleaseRun, { ownPids, seconds, log }: Phase): Promise<Condition[]> {
  const endsAt = performance.now() + seconds * 1000;
  const say = atIntervals(log);
  const result = await runOutages({
    server: { root, ownPids },
    seed,
    steady: 60,
    answers: 5,
    signal,
    isEnough: (progress) => {
      say(() => outageLine(progress));
      return performance.now() > endsAt;
    },
  });
  for (const line of outageFigures(result)) log(line);
  return judgeOutages(result);
}

function atIntervals(log: (line: string) => void): (line: () => string) => void {
  let nextAt = performance.now() + progressMs;
  return (line) => {
    if (performance.now() < nextAt) return;
    nextAt += progressMs;
    log(line());
  };
}
