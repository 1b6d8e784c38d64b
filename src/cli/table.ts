import stringWidth from 'string-width';

export interface Column<T> {
  readonly title: string;
  readonly align?: 'right';
  /** Text that is safe to print. Where a concession may shorten the column, it keeps to `width` cells. */
  readonly text: (row: T, width: number) => string;
}

/** How a table becomes narrower: a column is shortened down to so many cells, or left out. */
export interface Concession {
  readonly column: string;
  readonly least: number | 'none';
}

export interface TableShape {
  /** Cells of a line; null for as many as it takes. */
  readonly width: number | null;
  /** In the order in which they are made: as few as needed. Where all of them don't make it fit, none is made. */
  readonly concessions?: readonly Concession[];
  readonly headers?: boolean;
  readonly paintTitles?: (line: string) => string;
}

/** A column with its texts, title first, and the cells that it takes. */
interface Strip<T> {
  readonly column: Column<T>;
  readonly texts: readonly string[];
  readonly width: number;
}

const gap = '  ';

/** Rows as aligned columns under their titles, a line each; wide characters take the two cells that a terminal gives them. */
export function formatTable<T>(columns: readonly Column<T>[], rows: readonly T[], shape: TableShape): string {
  const { width, concessions = [], headers = true, paintTitles = (line) => line } = shape;
  const toStrip = (column: Column<T>, room: number): Strip<T> => {
    const texts = [...(headers ? [column.title] : []), ...rows.map((row) => column.text(row, room))];
    return { column, texts, width: texts.reduce((most, text) => Math.max(most, stringWidth(text)), 0) };
  };
  const wanted = columns.map((column) => toStrip(column, Infinity));
  const narrowed = width === null ? wanted : narrow(wanted, width, concessions);
  const strips = narrowed.map((strip) => (wanted.includes(strip) ? strip : toStrip(strip.column, strip.width)));
  const lines = Array.from({ length: rows.length + Number(headers) }, (_, i) => toLine(strips, i));
  return lines.map((line, i) => `${headers && i === 0 ? paintTitles(line) : line}\n`).join('');
}

/** What is left after the fewest concessions that make a line fit. */
function narrow<T>(
  wanted: readonly Strip<T>[],
  width: number,
  concessions: readonly Concession[],
): readonly Strip<T>[] {
  for (let count = 0; count <= concessions.length; count++) {
    const strips = concede(wanted, width, concessions.slice(0, count));
    if (widthOf(strips) <= width) return strips;
  }
  return wanted;
}

function concede<T>(wanted: readonly Strip<T>[], width: number, concessions: readonly Concession[]): Strip<T>[] {
  const isLeftOut = new Set(concessions.filter(({ least }) => least === 'none').map(({ column }) => column));
  const strips = wanted.filter(({ column }) => !isLeftOut.has(column.title));
  for (const { column, least } of concessions) {
    const i = strips.findIndex((strip) => strip.column.title === column);
    const excess = widthOf(strips) - width;
    const strip = strips[i];
    if (strip === undefined || least === 'none' || excess <= 0 || strip.width <= least) continue;
    strips[i] = { ...strip, width: Math.max(least, strip.width - excess) };
  }
  return strips;
}

function widthOf(strips: readonly Strip<never>[]): number {
  return strips.reduce((sum, { width }) => sum + width, gap.length * (strips.length - 1));
}

function toLine(strips: readonly Strip<never>[], index: number): string {
  return strips
    .map(({ column, texts, width }) => pad(texts[index]!, width, column.align))
    .join(gap)
    .trimEnd();
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  const blanks = ' '.repeat(width - stringWidth(text));
  return align === 'right' ? blanks + text : text + blanks;
}
