import type { Findings } from './answer-check.ts';
import type { ChurnResult } from './churn-phase.ts';
import { growthOf } from './memory.ts';
import type { OutageResult } from './outage-phase.ts';

/** Something that must hold, and whether it did. */
export interface Condition {
  readonly name: string;
  readonly holds: boolean;
}

/** What a run of churn must come to. */
export interface ChurnGoal {
  /** Lists that each way of reading must have given. */
  readonly snapshots: number;
  readonly loginsPerSecond: number;
  /** Whether memory is judged: it says nothing before all is warm. */
  readonly isLong: boolean;
}

const readerFaults = ['refused', 'missing', 'wrong', 'dead', 'doubled', 'returned'] as const;
const maxGrowth = 1.1;
const maxRecovery = 3;
const toleratedMoves = 3;
const answersPerMove = 500;

export function judgeChurn(
  { local, api, loginsPerSecond, crashed, memory }: ChurnResult,
  goal: ChurnGoal,
): Condition[] {
  const answers = api.own.answers + api.contract.answers;
  const conditions = [
    condition(
      `${local.findings.answers} snapshots, wanted ${goal.snapshots}`,
      local.findings.answers >= goal.snapshots,
    ),
    condition(`${answers} answers over HTTPS`, answers > 0),
    condition(
      `${loginsPerSecond.toFixed(1)} session setups a second, wanted ${goal.loginsPerSecond}`,
      loginsPerSecond >= goal.loginsPerSecond,
    ),
    ...readerFaults.map((fault) => none(fault, [local.findings, api.own, api.contract].map(countOf(fault)))),
    ...[local.findings, api.own].map(judgeMoved),
    condition(`crashed: ${crashed.join(', ') || 'none'}`, crashed.length === 0),
  ];
  if (!goal.isLong) return conditions;
  for (const [name, samples] of Object.entries(memory)) {
    const growth = growthOf(samples);
    const isFlat = growth !== null && growth.ratio <= maxGrowth;
    conditions.push(
      condition(`memory (${name}) of the last quarter to the second: ${growth?.ratio.toFixed(3)}`, isFlat),
    );
  }
  return conditions;
}

export function judgeOutages({ rounds, local, api, crashed }: OutageResult): Condition[] {
  const slowest = Math.max(local.slowestRecovery, api.slowestRecovery);
  return [
    condition(`${rounds} rounds of outages`, rounds > 0),
    none('missing', [local.missing, api.missing]),
    none('wrong or stale', [local.wrong, api.wrong]),
    condition(`whole again after ${slowest} answers at most`, slowest > 0 && slowest <= maxRecovery),
    condition(`crashed: ${crashed.join(', ') || 'none'}`, crashed.length === 0),
  ];
}

/** Once in a long while no reader can tell; often would be a reader that does not look twice. */
function judgeMoved({ moved, answers }: Findings): Condition {
  return condition(`${moved} away while they grew`, moved <= toleratedMoves + answers / answersPerMove);
}

function countOf(fault: (typeof readerFaults)[number]): (findings: Findings) => number {
  return (findings) => findings[fault];
}

function none(what: string, counts: readonly number[]): Condition {
  const count = counts.reduce((sum, one) => sum + one);
  return condition(`${count} ${what}`, count === 0);
}

function condition(name: string, holds: boolean): Condition {
  return { name, holds };
}
