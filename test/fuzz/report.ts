import type { CrewResult } from './crew.ts';

/** At least so much of all inputs, or the mutators only scratch the surface. */
const leastPastHeader = 0.2;
const leastDecoded = 0.05;

/** Why a run does not count; empty where it does. */
export function shortcomings({ tally, hangs, crashes }: CrewResult): string[] {
  const { inputs, pastHeader, decoded, faults } = tally;
  return [
    ...(faults > 0 ? [`${faults} inputs broke a promise`] : []),
    ...(hangs > 0 ? [`${hangs} hangs`] : []),
    ...(crashes > 0 ? [`${crashes} crashes`] : []),
    ...(pastHeader < leastPastHeader * inputs ? ['too few inputs got past the file header'] : []),
    ...(decoded < leastDecoded * inputs ? ['too few inputs had a record decoded'] : []),
  ];
}

export function describeRun(result: CrewResult, seed: number, seconds: number): string {
  const { tally, hangs, crashes, residentBytes } = result;
  const { inputs, mostAllocated } = tally;
  const row = (name: string, number: number, note = '') =>
    `${name.padEnd(38)}${number.toLocaleString('en').padStart(11)}  ${note}`.trimEnd();
  const share = (number: number) => `${((100 * number) / Math.max(1, inputs)).toFixed(1)} %`;
  const shared = (name: string, number: number) => row(name, number, share(number));
  const listed = (counts: Record<string, number>) =>
    Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([name, number]) => shared(`  ${name}`, number));
  return [
    row('inputs', inputs, `seed ${seed}, ${Math.round(inputs / seconds).toLocaleString('en')} a second`),
    ...listed(tally.families),
    shared('past the file header', tally.pastHeader),
    shared('at least one record decoded', tally.decoded),
    shared('a changed record decoded', tally.tampered),
    shared('read without complaint', tally.clean),
    'nothing read, by error:',
    ...listed(tally.thrown),
    'read in part, by problem:',
    ...listed(tally.problems),
    row('most reads for one input', tally.mostReads),
    row('most buffer bytes for one input', mostAllocated.bytes, `of a file of ${mostAllocated.fileBytes}`),
    row('resident MB, second quarter', medianMegabytes(residentBytes, 1), 'median, all workers'),
    row('resident MB, last quarter', medianMegabytes(residentBytes, 3), 'median, all workers'),
    row('crashes', crashes),
    row('hangs', hangs),
    row('broken promises', tally.faults, 'undocumented errors, wrong or lost records, too much work or memory'),
  ].join('\n');
}

/** Of one quarter of the samples. */
function medianMegabytes(bytes: readonly number[], quarter: number): number {
  const at = (quarters: number) => Math.floor((bytes.length * quarters) / 4);
  const sorted = bytes.slice(at(quarter), at(quarter + 1)).sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) / 2 ** 20);
}
