import type { Diagnosis, Finding } from '../sessions/index.ts';
import { type Style, styleOf } from './style.ts';
import { visible, wrap } from './visible.ts';

export interface DiagnosisOptions {
  readonly colour: boolean;
  /** Cells of a line; null where it is no terminal, and no line is broken. Fewer than 40 count as 40. */
  readonly width: number | null;
}

const narrowest = 40;

/** What was found: a mark, a topic and a text each, what to do below, and how it all looks in the last line. */
export function formatDiagnosis(diagnosis: Diagnosis, { colour, width }: DiagnosisOptions): string {
  const { version, node, findings, instances } = diagnosis;
  const style = styleOf(colour);
  const room = width === null ? Infinity : Math.max(narrowest, width);
  const all = [...findings, ...instances.flatMap((instance) => instance.findings)];
  const topicWidth = Math.max(0, ...all.map(({ topic }) => topic.length));
  const format = (each: readonly Finding[]) =>
    each.flatMap((finding) => formatFinding(finding, topicWidth, room, style));
  const blocks = [
    [...wrap(visible(`smbwho ${version} on Node ${node}`), room).map(style.title), ...format(findings)],
    ...instances.map(({ instance, findings }) => [style.title(`Instance ${instance}`), ...format(findings)]),
    [summarise(all)],
  ];
  return blocks.map((lines) => lines.map((line) => `${line}\n`).join('')).join('\n');
}

const markWidth = 'problem'.length;

function formatFinding(
  { level, topic, text, advice }: Finding,
  topicWidth: number,
  room: number,
  style: Style,
): string[] {
  const mark = { ok: style.good, note: style.warning, problem: style.bad }[level](level.padEnd(markWidth));
  const head = `${mark}  ${visible(topic).padEnd(topicWidth)}  `;
  const margin = ' '.repeat(markWidth + topicWidth + 4);
  const lines = wrap(visible(text), room - margin.length).map((line, i) => `${i === 0 ? head : margin}${line}`);
  if (advice === null) return lines;
  const advices = wrap(visible(advice), room - margin.length - 2);
  return [...lines, ...advices.map((line, i) => `${margin}${i === 0 ? '→ ' : '  '}${line}`)];
}

function summarise(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [problems, notes] = [count('problem'), count('note')];
  const parts = [problems === 0 ? 'No problem' : plural(problems, 'problem')];
  return `${[...parts, ...(notes === 0 ? [] : [plural(notes, 'note')])].join(', ')}.`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
