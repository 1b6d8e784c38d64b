import { expect, test } from 'vitest';
import { type Column, type Concession, formatTable } from './table.ts';
import { shorten } from './visible.ts';

interface Fruit {
  readonly name: string;
  readonly count: number;
}

const columns: readonly Column<Fruit>[] = [
  { title: 'NAME', text: ({ name }, width) => shorten(name, width) },
  { title: 'COUNT', align: 'right', text: ({ count }) => String(count) },
  { title: 'KIND', text: () => 'fruit' },
];
const rows: readonly Fruit[] = [
  { name: '苹果', count: 3 },
  { name: 'gooseberries', count: 1200 },
];
const concessions: readonly Concession[] = [
  { column: 'NAME', least: 6 },
  { column: 'KIND', least: 'none' },
];

test('lines up, numbers on the right, without blanks at the end', () => {
  expect(formatTable(columns, rows, { width: null })).toMatchInlineSnapshot(`
    "NAME          COUNT  KIND
    苹果              3  fruit
    gooseberries   1200  fruit
    "
  `);
});

test('gives way in order, and no more than needed', () => {
  expect(formatTable(columns, rows, { width: 22, concessions })).toMatchInlineSnapshot(`
    "NAME      COUNT  KIND
    苹果          3  fruit
    goosebe…   1200  fruit
    "
  `);
  expect(formatTable(columns, rows, { width: 18, concessions })).toMatchInlineSnapshot(`
    "NAME         COUNT
    苹果             3
    gooseberri…   1200
    "
  `);
});

test('is whole where nothing helps', () => {
  expect(formatTable(columns, rows, { width: 8, concessions })).toBe(formatTable(columns, rows, { width: null }));
});

test('titles can be left away, and no row is no line', () => {
  expect(formatTable(columns, rows.slice(0, 1), { width: null, headers: false })).toBe('苹果  3  fruit\n');
  expect(formatTable(columns, [], { width: null, headers: false })).toBe('');
  expect(formatTable(columns, [], { width: null })).toBe('NAME  COUNT  KIND\n');
});

test('as many rows as a busy server has', () => {
  const many = Array.from({ length: 200_000 }, (_, count) => ({ name: 'fig', count }));
  expect(formatTable(columns, many, { width: 80, concessions })).toMatch(
    /^NAME {3}COUNT {2}KIND\n(?:fig {3}[ \d]{6} {2}fruit\n){200000}$/,
  );
});
