import { listedDifferences } from '../support/judge/index.ts';
import type { ReleaseResult } from './run-release.ts';

const head = [['Samba', 'Debian', 'sessions', 'tree connects', 'opens', 'fields', 'differences', 'listed']] as const;

/** What was compared on each release, and the differences that are meant to be. */
export function formatTable(results: readonly ReleaseResult[]): string {
  const rows = results.map(({ release, suite, comparison }) => {
    const names = [release?.split('-')[0] ?? suite.release, suite.debian];
    if (comparison === null) return [...names, ...Array<string>(6).fill('-')];
    const { sessions, treeConnects, opens, fields, differences, listed } = comparison;
    return [...names, ...[sessions, treeConnects, opens, fields, differences.length, listed.length].map(String)];
  });
  const all = [...head, ...rows];
  const widths = head[0].map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const lines = all.map((row) =>
    row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
  return [...lines, '', 'Listed differences:', ...describeListed(results)].join('\n');
}

function describeListed(results: readonly ReleaseResult[]): string[] {
  return listedDifferences.map(({ name, reason }) => {
    const counts = results.map(({ comparison }) => comparison?.listed.filter((one) => one === name).length ?? 0);
    return `- ${name} (${counts.join(', ')}): ${reason}`;
  });
}
