import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { someEvent } from '../../../test/support/audit/index.ts';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { openAuditReader } from './audit-reader.ts';
import { openAuditStore } from './audit-store.ts';
import { beginning } from './chain.ts';

const today = Date.parse('2026-11-24T12:00:00Z');

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  folder[Symbol.dispose]();
});

/** Appends entries as a process that lives at that time. */
function appendAt(daysAgo: number, count: number, retentionDays: number | null = null) {
  vi.setSystemTime(today - daysAgo * 86_400_000);
  using store = openAuditStore(folder.path, { retentionDays });
  return Array.from({ length: count }, () => store.append([someEvent()])[0]!);
}

/** The same, where others have appended a moment ago. */
function appendAfterOthersAt(daysAgo: number, count: number, retentionDays: number) {
  appendAt(daysAgo, 1);
  return appendAt(daysAgo, count, retentionDays);
}

function read() {
  using reader = openAuditReader(folder.path);
  return { ends: reader.verify(), entries: reader.entries({}, 100).toReversed() };
}

const seqs = () => read().entries.map(({ seq }) => seq);

test('what is older than it is to be kept is cut off, and the chain is whole from there', () => {
  const old = appendAt(402, 3);
  const cut = [...old, ...appendAt(400.5, 2)].at(-1)!;
  const kept = appendAt(399.5, 1);
  const [fresh] = appendAfterOthersAt(0, 1, 400);
  const { ends, entries } = read();
  expect(ends.anchor).toEqual(cut);
  expect(entries.map(({ seq }) => seq)).toEqual([6, 7, 8, 9]);
  expect(entries[3]!.event).toMatchObject({ operation: 'audit_cut', target: '5', message: cut.hash });
  using reader = openAuditReader(folder.path);
  reader.verify([cut, ...kept, fresh!]);
  expect(() => reader.verify([old[0]!])).toThrow("entry 1 can't be compared: all up to 5 were cut off");
  expect(() => reader.verify([{ ...cut, hash: fresh!.hash }])).toThrow('entry 5 has another hash');
});

test('it is cut off once a day at most', () => {
  appendAt(402, 1);
  appendAt(400.5, 1);
  appendAfterOthersAt(400, 1, 400);
  expect(read().ends.anchor).toEqual(beginning);
  appendAfterOthersAt(0.9, 2, 400);
  expect(read().ends.anchor.seq).toBe(1);
  appendAfterOthersAt(0.5, 2, 400);
  appendAfterOthersAt(0.1, 2, 400);
  const operations = read().entries.map(({ event }) => event.operation);
  expect(operations.filter((operation) => operation === 'audit_cut')).toHaveLength(1);
});

test('after a long pause nothing is cut off until the record itself says that it was long', () => {
  appendAt(900, 1);
  appendAt(800, 2, 10);
  expect(seqs()).toEqual([1, 2, 3]);
  appendAt(800, 1, 10);
  expect(seqs()).toEqual([2, 3, 4, 5]);
});

test('nothing is cut off by a clock that is ahead', () => {
  appendAt(1, 3, 400);
  appendAt(-402, 5, 400);
  appendAt(0, 1, 400);
  expect(seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('an entry from the future is cut off with those after it', () => {
  appendAt(900, 1);
  const future = appendAt(-3000, 1);
  const cut = [...future, ...appendAt(800, 2)].at(-1)!;
  appendAfterOthersAt(0, 1, 400);
  expect(read().ends.anchor).toEqual(cut);
  appendAt(-3000, 1);
  expect(read().ends.anchor).toEqual(cut);
});

test('what is cut off is not in the file any more', () => {
  vi.setSystemTime(today - 900 * 86_400_000);
  {
    using store = openAuditStore(folder.path, { retentionDays: null });
    for (let i = 0; i < 50; i++) store.append([someEvent({ user: `gone-${i}` })]);
  }
  const inFile = () => readFileSync(folder.file('audit.db'), 'latin1').match(/gone-\d+/g)?.length;
  expect(inFile()).toBe(50);
  appendAfterOthersAt(0, 1, 400);
  expect(inFile()).toBe(undefined);
});

test('nothing is cut off where the chain is broken, as is told, and others are appended all the same', () => {
  appendAt(500, 3);
  const database = new DatabaseSync(folder.file('audit.db'));
  database.exec(`UPDATE entries SET text = replace(text, 'alice', 'bob') WHERE seq = 2`);
  database.close();
  appendAt(0, 1);
  using store = openAuditStore(folder.path, { retentionDays: 400 });
  expect(store.head().cutFailure).toBe(null);
  expect(store.append([someEvent()])[0]!.seq).toBe(5);
  expect(store.head()).toMatchObject({ seq: 5, cutFailure: expect.stringContaining('entry 2 ') });
  expect(read).toThrow('entry 2 ');
});
