import type { Findings } from './answer-check.ts';
import type { ChurnResult } from './churn-phase.ts';
import { growthOf } from './memory.ts';
import type { OutageResult } from './outage-phase.ts';

/** What is going on, in one line. */
export function churnLine(progress: ChurnResult): string {
  const { seconds, loginsPerSecond, local, api, churn, torment, filesBytes } = progress;
  const asked = api.own.answers + api.contract.answers;
  const faults = [local.findings, api.own, api.contract].reduce((sum, findings) => sum + faultsOf(findings), 0);
  const [reader = 0, serve = 0] = [local, api].map(({ memory }) => memory?.rssBytes ?? 0);
  return [
    `${seconds.toFixed(0)} s: ${local.findings.answers} snapshots, ${asked} answers`,
    `${churn.logins} setups (${loginsPerSecond.toFixed(0)}/s)`,
    `${torment.kills} kills, ${torment.stops} stops`,
    `files ${megabytes(filesBytes)}, reader ${megabytes(reader)}, serve ${megabytes(serve)}`,
    `${faults} faults`,
  ].join(', ');
}

export function outageLine({ rounds, local, api }: OutageResult): string {
  const faults = local.missing + local.wrong + api.missing + api.wrong;
  return `${rounds} rounds, ${local.answers} snapshots, ${api.answers} answers, ${faults} faults`;
}

/** The figures of a run of churn. */
export function churnFigures(result: ChurnResult): string[] {
  const { local, api, churn, memory } = result;
  const { bytesRead, decoded, anomalies, chainsReread, confirmed } = local.stats;
  const { errors, ...done } = churn;
  const growths = Object.entries(memory).map(([name, samples]) => `${name} ${describeGrowth(samples)}`);
  return [
    churnLine(result),
    `clients: ${counts(done)}; errors: ${counts(errors)}`,
    `reader: ${anomalies} anomalies, ${chainsReread} chains read again, ${confirmed} records brought back by their chain, ` +
      `${decoded} records decoded, ${megabytes(bytesRead)} read`,
    ...[local.findings, api.own].map(describeMoved),
    `problems: snapshots ${counts(local.findings.problems)}; answers ${counts(api.own.problems)}`,
    `memory, second quarter to last: ${growths.join('; ')}`,
    ...[...local.findings.examples, ...api.own.examples, ...api.contract.examples],
  ];
}

/** The figures of a run of outages. */
export function outageFigures(result: OutageResult): string[] {
  const { local, api } = result;
  return [
    `${outageLine(result)}; ${local.absent} and ${api.absent} of them without a list`,
    `problems: snapshots ${counts(local.problems)}; answers ${counts(api.problems)}`,
    ...[...local.examples, ...api.examples],
  ];
}

function faultsOf({ refused, missing, wrong, dead, doubled, returned }: Findings): number {
  return refused + missing + wrong + dead + doubled + returned;
}

function describeMoved({ moved, longestGapMs }: Findings): string {
  return `${moved} sessions were away while they grew, for ${longestGapMs} ms at most`;
}

function describeGrowth(samples: readonly number[]): string {
  const growth = growthOf(samples);
  if (growth === null) return 'too few samples';
  const { secondBytes, lastBytes, ratio } = growth;
  return `${megabytes(secondBytes)} to ${megabytes(lastBytes)} (${ratio.toFixed(3)})`;
}

function counts(table: Readonly<Record<string, number>>): string {
  const words = Object.entries(table).map(([name, count]) => `${name} ${count}`);
  return words.join(', ') || 'none';
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
