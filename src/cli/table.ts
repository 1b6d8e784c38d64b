import stringWidth from 'string-width';

export interface Column<T> {
  readonly title: string;
  readonly align?: 'right';
  /** Text that is safe to print. */
  readonly text: (row: T) => string;
}

const gap = '  ';

/** Rows as aligned columns under their titles; wide characters take the two cells that a terminal gives them. */
export function formatTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = rows.map((row) => columns.map(({ text }) => text(row)));
  const lines = [columns.map(({ title }) => title), ...cells];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => stringWidth(line[i]!))));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, i) => pad(cell, widths[i]!, columns[i]!))
          .join(gap)
          .trimEnd()}\n`,
    )
    .join('');
}

function pad(cell: string, width: number, { align }: Column<never>): string {
  const blanks = ' '.repeat(width - stringWidth(cell));
  return align === 'right' ? blanks + cell : cell + blanks;
}
