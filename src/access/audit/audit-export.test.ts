import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { someEvent } from '../../../test/support/audit/index.ts';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import type { AuditReceipt } from '../../sessions/index.ts';
import { verifyExport } from './audit-export.ts';
import { openAuditReader } from './audit-reader.ts';
import { openAuditStore } from './audit-store.ts';

const broken = expect.objectContaining({ code: 'AUDIT_BROKEN' });

let folder: TemporaryFolder;
let path: string;
let bytes: Buffer;
let receipts: readonly AuditReceipt[];
beforeAll(() => {
  folder = new TemporaryFolder();
  {
    using store = openAuditStore(folder.path, { retentionDays: null });
    receipts = store.append([someEvent(), someEvent({ user: 'Zoë \u2028 \ufffd' }), someEvent({ outcome: 'closed' })]);
  }
  using reader = openAuditReader(folder.path);
  path = folder.file('export', Buffer.from([...reader.exportLines()].join('')));
  bytes = readFileSync(path);
});
afterAll(() => folder[Symbol.dispose]());

describe('an exported record', () => {
  test('is whole, and of plain JSON lines', () => {
    const [first, ...entries] = bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(verifyExport(path, receipts)).toEqual(first);
    expect(first).toEqual({ anchor: { seq: 0, hash: '0'.repeat(64) }, head: receipts[2] });
    expect(entries.map(({ seq, hash }) => ({ seq, hash }))).toEqual(receipts);
    expect(entries[1].entry).toMatchObject({ operation: 'smb_close_session', user: 'Zoë \u2028 \ufffd' });
  });

  test('is found broken by each of its bytes', () => {
    for (const [i, byte] of bytes.entries())
      for (const other of [byte ^ (1 << (i % 8)), ...(i % 8 === 0 ? [0x0a, 0x0d, 0x20, 0xff] : [])]) {
        if (other === byte) continue;
        writeFileSync(path, bytes.with(i, other));
        expect(() => verifyExport(path), `byte ${i} as ${other}`).toThrow(broken);
      }
    writeFileSync(path, bytes);
    verifyExport(path);
  });

  test('is found broken where it ends early, or goes on', () => {
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(() => verifyExport(path)).toThrow(broken);
    }
    const lines = bytes.toString().split('\n');
    for (const more of ['\n', ' ', `${lines[3]}\n`]) {
      writeFileSync(path, bytes + more);
      expect(() => verifyExport(path)).toThrow(broken);
    }
    writeFileSync(path, bytes);
  });

  test('is not the one that is known where it lacks an entry of that', () => {
    const known = { ...receipts[1]!, hash: receipts[0]!.hash };
    expect(() => verifyExport(path, [known])).toThrow('entry 2 has another hash');
    expect(() => verifyExport(path, [{ ...known, seq: 4 }])).toThrow('entry 4 is missing');
  });

  test('is written page by page: whoever stops reading it holds up nothing', () => {
    using other = new TemporaryFolder();
    using store = openAuditStore(other.path, { retentionDays: null });
    store.append(Array.from({ length: 2500 }, () => someEvent()));
    using reader = openAuditReader(other.path);
    const lines = [];
    using database = new DatabaseSync(other.file('audit.db'), { timeout: 0 });
    for (const line of reader.exportLines())
      if (lines.push(line) === 1500) {
        store.append([someEvent()]);
        expect(database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0 });
      }
    expect(verifyExport(other.file('export', lines.join(''))).head.seq).toBe(2500);
  });

  test('ends where what is still to come was cut off meanwhile', () => {
    using other = new TemporaryFolder();
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const append = (retentionDays: number | null) => {
      using store = openAuditStore(other.path, { retentionDays });
      store.append([someEvent()]);
    };
    vi.setSystemTime('2026-01-01');
    append(null);
    vi.setSystemTime('2026-11-24');
    append(null);
    using reader = openAuditReader(other.path);
    const lines = reader.exportLines()[Symbol.iterator]();
    lines.next();
    append(100);
    expect(() => lines.next()).toThrow(expect.objectContaining({ code: 'STATE_UNUSABLE' }));
  });

  test('of a record that nothing was written to is whole too', () => {
    using other = new TemporaryFolder();
    openAuditStore(other.path, { retentionDays: null })[Symbol.dispose]();
    using reader = openAuditReader(other.path);
    const { head } = verifyExport(other.file('export', [...reader.exportLines()].join('')));
    expect(head.seq).toBe(0);
  });
});
