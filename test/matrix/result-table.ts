import { listedDifferences } from '../support/judge/index.ts';
import type { ReleaseResult } from './run-release.ts';

const head = [
  ['Samba', 'Debian', 'sessions', 'tree connects', 'opens', 'files', 'fields', 'differences', 'listed'],
] as const;

/** What was compared on each release, and the differences that are meant to be. */
export function formatTable(results: readonly ReleaseResult[]): string {
  const rows = results.map(({ release, suite, comparison, fileComparison }) => {
    const names = [release?.split('-')[0] ?? suite.release, suite.debian];
    if (comparison === null || fileComparison === null) return [...names, ...Array<string>(7).fill('-')];
    const { sessions, treeConnects, opens } = comparison;
    const both = [comparison, fileComparison];
    const fields = both.reduce((sum, one) => sum + one.fields, 0);
    const [differences, listed] = [both.flatMap((one) => one.differences), both.flatMap((one) => one.listed)];
    const figures = [sessions, treeConnects, opens, fileComparison.files, fields, differences.length, listed.length];
    return [...names, ...figures.map(String)];
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
    const counts = results.map(({ comparison, fileComparison }) => {
      const met = [...(comparison?.listed ?? []), ...(fileComparison?.listed ?? [])];
      return met.filter((one) => one === name).length;
    });
    return `- ${name} (${counts.join(', ')}): ${reason}`;
  });
}
