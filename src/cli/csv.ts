import type { Instant } from '../sessions/index.ts';
import { visible } from './visible.ts';

export interface CsvOptions {
  /** The moment that durations are told for. */
  readonly at: Instant;
  readonly headers: boolean;
}

/** null is an empty cell. */
type Value = string | number | boolean | null;

/** By their titles, in their order. */
export type CsvColumns<T> = Readonly<Record<string, (row: T, at: Instant) => Value>>;

/**
 * Rows as a spreadsheet reads them: RFC 4180, a line each, every line ending in CR LF as it has it. What would be a formula
 * begins with an apostrophe.
 */
export function toCsv<T>(columns: CsvColumns<T>, rows: readonly T[], { at, headers }: CsvOptions): string {
  const lines = rows.map((row) => Object.values(columns).map((value) => toCell(value(row, at))));
  return (headers ? [Object.keys(columns), ...lines] : lines).map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** What a spreadsheet takes for the beginning of a formula; full-width signs too. */
const formula = /^[=+\-@＝＋－＠\t\r\n]/;

function toCell(value: Value): string {
  if (typeof value !== 'string') return String(value ?? '');
  const text = `${formula.test(value) ? "'" : ''}${visible(value)}`;
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
