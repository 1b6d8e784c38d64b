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

function read() {
  using reader = openAuditReader(folder.path);
  return { ends: reader.verify(), entries: reader.entries({}, 100).toReversed() };
}

test('what is older than it is to be kept is cut off, and the chain is whole from there', () => {
  const old = appendAt(402, 3);
  const cut = [...old, ...appendAt(400.5, 2)].at(-1)!;
  const kept = appendAt(399.5, 1);
  const [fresh] = appendAt(0, 1, 400);
  const { ends, entries } = read();
  expect(ends.anchor).toEqual(cut);
  expect(entries.map(({ seq }) => seq)).toEqual([6, 7, 8]);
  expect(entries[2]!.event).toMatchObject({ operation: 'audit_cut', target: '5', message: cut.hash });
  using reader = openAuditReader(folder.path);
  reader.verify([cut, ...kept, fresh!]);
  expect(() => reader.verify([old[0]!])).toThrow("entry 1 can't be compared: all up to 5 were cut off");
  expect(() => reader.verify([{ ...cut, hash: fresh!.hash }])).toThrow('entry 5 has another hash');
});

test('it is cut off once a day at most', () => {
  appendAt(402, 1);
  appendAt(400.5, 1);
  appendAt(400, 1, 400);
  expect(read().ends.anchor).toEqual(beginning);
  appendAt(0.9, 2, 400);
  expect(read().ends.anchor.seq).toBe(1);
  appendAt(0.5, 2, 400);
  appendAt(0.1, 2, 400);
  const operations = read().entries.map(({ event }) => event.operation);
  expect(operations.filter((operation) => operation === 'audit_cut')).toHaveLength(1);
});

test('the newest entry stays, however old', () => {
  appendAt(900, 1);
  appendAt(800, 1, 10);
  expect(read().entries.map(({ seq }) => seq)).toEqual([2, 3]);
});

test('nothing is cut off where the chain is broken, and others are appended all the same', () => {
  appendAt(500, 3);
  const database = new DatabaseSync(folder.file('audit.db'));
  database.exec(`UPDATE entries SET text = replace(text, 'alice', 'bob') WHERE seq = 2`);
  database.close();
  expect(appendAt(0, 1, 400)[0]!.seq).toBe(4);
  expect(read).toThrow('entry 2 ');
});
