import {
  type FileCloseOutcome,
  type FileClosePlan,
  type FileNotClosable,
  formatFileLocation,
  type OpenFile,
  type PlannedFileClose,
} from '../sessions/index.ts';
import { resultWords } from './close-outcome.ts';
import type { PlanTableOptions } from './close-plan-table.ts';
import { fileColumns, fileShortenings, fromOf, pathOf, userOf } from './file-table.ts';
import { narrowest } from './session-table.ts';
import { styleOf } from './style.ts';
import { type Column, formatTable } from './table.ts';
import { visible } from './visible.ts';

const notClosableWords: Readonly<Record<FileNotClosable, string>> = {
  gone: 'already closed',
  not_served: 'not served here',
  unreadable: "can't be read",
  recorded: 'of a recording',
  out_of_limits: "beyond the token's limits",
  form_unknown: "not safe: the release can't be told",
  disconnected: 'its client has gone: no process has it',
  beneath_stream: 'not safe: beneath a stream',
  waiting: 'not safe: somebody waits for the file',
};

/** What a close would end, a line each. OTHERS: who else has the file open, and keeps it. */
export function formatFilePlan({ closes }: FileClosePlan, { at, width, colour }: PlanTableOptions): string {
  const style = styleOf(colour);
  const left = new Set(['CACHING', 'LOCKS', 'PATH', 'LOCATION']);
  const ofFile = (columns: readonly Column<OpenFile>[]) => columns.map(toPlanColumn);
  const columns: Column<PlannedFileClose>[] = [
    ...ofFile(fileColumns(at, style).filter(({ title }) => !left.has(title))),
    { title: 'OTHERS', align: 'right', text: ({ file, numOthers }) => (file === null ? '-' : String(numOthers)) },
    {
      title: 'CLOSES',
      text: ({ notClosable }) => (notClosable === null ? 'yes' : style.warning(notClosableWords[notClosable])),
    },
    ...ofFile(fileColumns(at, style).filter(({ title }) => title === 'PATH')),
    { title: 'LOCATION', text: ({ location }) => formatFileLocation(location) },
  ];
  return formatTable(columns, closes, {
    width: width === null ? null : Math.max(narrowest, width),
    concessions: fileShortenings,
    paintTitles: style.title,
  });
}

function toPlanColumn(column: Column<OpenFile>): Column<PlannedFileClose> {
  return { ...column, text: ({ file }, width) => (file === null ? '-' : column.text(file, width)) };
}

/** What became of an open file, in a line: `closed  LOCATION  /srv/docs/a.txt of alice from 192.0.2.77, in 2 ms`. */
export function formatFileOutcome(outcome: FileCloseOutcome, planned: PlannedFileClose | undefined): string {
  const { location, result, message, tookMs } = outcome;
  const file = planned?.file ?? null;
  const facts = [
    ...(file === null ? [] : [`${pathOf(file)} of ${userOf(file)} from ${fromOf(file)}`]),
    ...(tookMs === null ? [] : [`in ${Math.ceil(tookMs)} ms`]),
    ...(message === '' || result === 'gone' ? [] : [message]),
  ];
  return `${resultWords[result].padEnd(15)} ${formatFileLocation(location)}  ${visible(facts.join(', '))}`.trimEnd();
}
