import type { ClosePlan, CloseWarning, Instant, NotClosable, PlannedClose, Session } from '../sessions/index.ts';
import { formatLocation } from '../sessions/index.ts';
import { formatOpens, mainColumns, narrowest, shortenings } from './session-table.ts';
import { styleOf } from './style.ts';
import { type Column, type Concession, formatTable } from './table.ts';
import { visible, wrap } from './visible.ts';
import { nameWritten } from './written-files.ts';

export interface PlanTableOptions {
  /** The moment that idle times are told for. */
  readonly at: Instant;
  /** Cells of a line; null where it is no terminal, and nothing is cut. */
  readonly width: number | null;
  readonly colour: boolean;
}

const concessions: readonly Concession[] = [
  ...shortenings,
  ...['IDLE', 'LOCATION'].map((column) => ({ column, least: 'none' as const })),
];

const warningWords = new Map<string, string>([
  ['CLOSE_DROPS_CONNECTION', 'drops-connection'],
  ['CLOSE_LEAVES_DURABLE', 'durable'],
  ['CLOSE_LIKELY_BACK', 'comes-back'],
  ['CLOSE_FILES_UNKNOWN', 'files-unknown'],
]);

const notClosableWords: Readonly<Record<NotClosable, string>> = {
  gone: 'already gone',
  not_served: 'not served here',
  out_of_limits: "beyond the token's limits",
  from_smbstatus: "can't be closed: of smbstatus",
  unreadable: "can't be read",
  recorded: "can't be closed: recorded",
};

/**
 * What a close would end, a line each, and below the files that are written and what the words under COST mean. WRITING: files open for writing; BESIDE:
 * other sessions on the same connection.
 */
export function formatPlan({ closes }: ClosePlan, { at, width, colour }: PlanTableOptions): string {
  const style = styleOf(colour);
  const wanted = new Set(['USER', 'FROM', 'SHARES', 'IDLE']);
  const ofSession = mainColumns(at, style)
    .filter(({ title }) => wanted.has(title))
    .map(toPlanColumn);
  const columns: Column<PlannedClose>[] = [
    ...ofSession,
    figure('OPENS', formatOpens),
    figure('WRITING', ({ numOpensForWriting }) => String(numOpensForWriting ?? '?')),
    figure('BESIDE', ({ numNeighbours }) => String(numNeighbours)),
    { title: 'COST', text: (close) => style.warning(formatCost(close)) },
    { title: 'LOCATION', text: ({ location }) => formatLocation(location) },
  ];
  const room = width === null ? null : Math.max(narrowest, width);
  const table = formatTable(columns, closes, { width: room, concessions, paintTitles: style.title });
  const lines = [...nameWritten(closes), ...explainWarnings(closes)].flatMap((line) => wrap(line, room ?? Infinity));
  return table + lines.map((line) => `${line}\n`).join('');
}

function toPlanColumn(column: Column<Session>): Column<PlannedClose> {
  return { ...column, text: ({ session }, width) => (session === null ? '-' : column.text(session, width)) };
}

function figure(title: string, text: (close: PlannedClose) => string): Column<PlannedClose> {
  return { title, align: 'right', text: (close) => (isAbsent(close) ? '-' : text(close)) };
}

function isAbsent({ notClosable }: PlannedClose): boolean {
  return notClosable === 'gone' || notClosable === 'not_served';
}

function formatCost({ notClosable, warnings }: PlannedClose): string {
  if (notClosable !== null) return notClosableWords[notClosable];
  return warnings.map(({ code }) => warningWords.get(code) ?? visible(code)).join(',') || '-';
}

/** Each kind of warning once, as the first session that has it says it. */
function explainWarnings(closes: readonly PlannedClose[]): string[] {
  const kinds = Map.groupBy<string, CloseWarning>(
    closes.flatMap(({ warnings }) => warnings),
    ({ code }) => code,
  );
  return [...kinds].map(([code, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` (and so of ${others.length} more)`;
    return `${warningWords.get(code) ?? visible(code)}: ${visible(first!.message)}${more}`;
  });
}
