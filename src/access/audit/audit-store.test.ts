import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { someEvent } from '../../../test/support/audit/index.ts';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { now } from '../../sessions/index.ts';
import { verifyExport } from './audit-export.ts';
import { openAuditReader } from './audit-reader.ts';
import { openAuditStore } from './audit-store.ts';
import { attemptRead } from './reading.ts';

const broken = expect.objectContaining({ code: 'AUDIT_BROKEN' });
const forever = { retentionDays: null };

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

/** A record of so many entries, with targets from 1 on. */
function fill(count: number): void {
  using store = openAuditStore(folder.path, forever);
  store.append(Array.from({ length: count }, (_, i) => someEvent({ target: `${i + 1}` })));
}

/** Does to the database what whoever may write into it could do. */
function tamper(sql: string): void {
  const database = new DatabaseSync(folder.file('audit.db'));
  database.exec(`PRAGMA synchronous = OFF; ${sql}`);
  database.close();
}

function verify() {
  using reader = openAuditReader(folder.path);
  return reader.verify();
}

describe('the record', () => {
  test('has what was appended, in its order, and each once', () => {
    using store = openAuditStore(folder.path, forever);
    const before = now();
    const events = [someEvent(), someEvent({ operation: 'rest_login', cost: null, outcome: 'done' })];
    const receipts = [...store.append(events), ...store.append([]), ...store.append([someEvent({ begunAs: 1 })])];
    expect(receipts.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    using reader = openAuditReader(folder.path);
    const entries = reader.entries({}, 10).toReversed();
    expect(entries.map(({ event }) => event)).toEqual([...events, someEvent({ begunAs: 1 })]);
    expect(entries.map(({ seq, hash }) => ({ seq, hash }))).toEqual(receipts);
    for (const { at } of entries) expect(at).toBeGreaterThanOrEqual(before);
    expect([reader.head(), reader.verify(receipts).head]).toEqual([receipts[2], receipts[2]]);
  });

  test('is only for its owner, and has nothing that the fields of an event are not for', () => {
    using store = openAuditStore(folder.path, forever);
    const actor = { ...someEvent().actor, bearer: 'access-v1:secret' };
    store.append([{ ...someEvent({ actor }), password: 'secret' } as ReturnType<typeof someEvent>]);
    for (const name of ['audit.db', 'audit.db-wal', 'audit.db-shm'])
      expect(statSync(folder.file(name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(folder.file('audit.db-wal'), 'latin1')).toContain('admin');
    expect(readFileSync(folder.file('audit.db-wal'), 'latin1')).not.toContain('secret');
  });

  test('gives the newest first, and those that are asked for', () => {
    {
      using store = openAuditStore(folder.path, forever);
      const actor = { ...someEvent().actor, name: 'Carol' };
      store.append([someEvent(), someEvent({ actor }), someEvent({ operation: 'rest_login', target: "a'b" })]);
    }
    using reader = openAuditReader(folder.path);
    const seqs = (filter: Parameters<typeof reader.entries>[0], limit = 10) =>
      reader.entries(filter, limit).map(({ seq }) => seq);
    expect(seqs({})).toEqual([3, 2, 1]);
    expect(seqs({}, 2)).toEqual([3, 2]);
    expect(seqs({ before: 3 })).toEqual([2, 1]);
    expect(seqs({ actor: 'cAROL' })).toEqual([2]);
    expect(seqs({ operation: 'smb_close_session', actor: 'admin' })).toEqual([1]);
    expect(seqs({ target: "a'b" })).toEqual([3]);
    const [third] = reader.entries({}, 1);
    expect(seqs({ since: third!.at })).toContain(3);
    expect(seqs({ since: third!.at + 1 })).toEqual([]);
  });

  test('that is not there is not made by who reads it', () => {
    expect(() => openAuditReader(folder.path)).toThrow(expect.objectContaining({ code: 'STATE_UNUSABLE' }));
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('is not read, nor added to, without the secret that it was written with; none is made for it', () => {
    fill(1);
    rmSync(folder.file('secret'));
    const unusable = expect.objectContaining({ code: 'STATE_UNUSABLE', message: expect.stringContaining('missing') });
    expect(() => openAuditReader(folder.path)).toThrow(unusable);
    expect(() => openAuditStore(folder.path, forever)).toThrow(unusable);
    expect(existsSync(folder.file('secret'))).toBe(false);
  });

  test('that others hold is not called broken', () => {
    fill(1);
    using holder = new DatabaseSync(folder.file('audit.db'));
    holder.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM entries WHERE FALSE');
    const busy = { errcode: 5, code: 'ERR_SQLITE_ERROR' };
    using other = new DatabaseSync(folder.file('audit.db'), { readOnly: true, timeout: 0 });
    const read = () => attemptRead(() => other.prepare('SELECT * FROM entries').all());
    expect(read).toThrow(expect.objectContaining({ code: 'STATE_UNUSABLE', cause: expect.objectContaining(busy) }));
  });
});

describe('a record that is gone', () => {
  test.each([
    ['removed', () => rmSync(folder.file('audit.db'))],
    ['emptied', () => writeFileSync(folder.file('audit.db'), '')],
    ['replaced by nothing that was recorded', () => replaceByEmpty()],
  ])('is not begun anew: %s', (_, lose) => {
    fill(2);
    const whole = readFileSync(folder.file('audit.db'));
    lose();
    for (let i = 0; i < 2; i++) expect(() => openAuditStore(folder.path, forever)).toThrow(broken);
    writeFileSync(folder.file('audit.db'), whole);
    using store = openAuditStore(folder.path, forever);
    expect(store.append([someEvent()])[0]!.seq).toBe(3);
  });

  test('is begun anew once the secret says nothing of it any more', () => {
    fill(2);
    rmSync(folder.file('audit.db'));
    const secret = readFileSync(folder.file('secret'), 'utf8');
    writeFileSync(folder.file('secret'), secret.replace('audit\n', ''));
    fill(1);
    expect(readFileSync(folder.file('secret'), 'utf8')).toBe(secret);
    expect(verify().head.seq).toBe(1);
  });
});

function replaceByEmpty(): void {
  rmSync(folder.file('audit.db'));
  using database = new DatabaseSync(folder.file('audit.db'));
  chmodSync(folder.file('audit.db'), 0o600);
  database.exec('CREATE TABLE other (id)');
}

describe('a record that somebody changed', () => {
  test.each([
    ['the first entry', 'DELETE FROM entries WHERE seq = 1', 'entry 1 '],
    ['one between', 'DELETE FROM entries WHERE seq = 3', 'entry 3 '],
    ['the last entry', 'DELETE FROM entries WHERE seq = 5', 'entry 5 '],
    ['all', 'DELETE FROM entries', 'entry 1 '],
    ['one that was moved', 'UPDATE entries SET seq = 9 WHERE seq = 2', 'entry 2 '],
    ['one more', 'INSERT INTO entries SELECT 6, hash, text FROM entries WHERE seq = 5', 'entry 6 '],
    ['a time', `UPDATE entries SET text = replace(text, 'T0', 'T1') || ' ' WHERE seq = 4`, 'entry 4 '],
    [
      "two in each other's place",
      `UPDATE entries SET (hash, text) = (SELECT hash, text FROM entries AS other WHERE other.seq = 6 - entries.seq)
       WHERE seq IN (2, 4)`,
      'entry 2 ',
    ],
    ['where it ends', 'DELETE FROM chain', 'begins and ends'],
    ['its tables', 'DROP TABLE entries', 'entries'],
  ])('is found broken: %s', (_, sql, message) => {
    fill(5);
    verify();
    tamper(sql);
    expect(verify).toThrow(
      expect.objectContaining({ code: 'AUDIT_BROKEN', message: expect.stringContaining(message) }),
    );
  });

  test('is found broken by each byte of an entry, and of where it begins and ends', () => {
    fill(3);
    const database = new DatabaseSync(folder.file('audit.db'));
    database.exec('PRAGMA synchronous = OFF');
    using reader = openAuditReader(folder.path);
    for (const [table, column, type] of [
      ['entries', 'text', 'TEXT'],
      ['entries', 'hash', 'BLOB'],
      ['chain', 'anchor_hash', 'BLOB'],
      ['chain', 'head_hash', 'BLOB'],
      ['chain', 'mac', 'BLOB'],
    ]) {
      const where = table === 'entries' ? 'seq = 2' : 'TRUE';
      const row = database.prepare(`SELECT CAST(${column} AS BLOB) AS bytes FROM ${table} WHERE ${where}`).get()!;
      const set = database.prepare(`UPDATE ${table} SET ${column} = CAST(? AS ${type}) WHERE ${where}`);
      const bytes = row.bytes as Uint8Array;
      for (const [i, byte] of bytes.entries()) {
        set.run(bytes.with(i, byte ^ (1 << (i % 8))));
        expect(() => reader.verify()).toThrow(broken);
      }
      set.run(bytes);
      reader.verify();
    }
    for (const column of ['anchor_seq', 'head_seq']) {
      database.exec(`UPDATE chain SET ${column} = ${column} + 1`);
      expect(() => reader.verify()).toThrow(broken);
      database.exec(`UPDATE chain SET ${column} = ${column} - 1`);
    }
    reader.verify();
    database.close();
  });

  test('is found broken by bytes that would read alike', () => {
    {
      using store = openAuditStore(folder.path, forever);
      store.append([someEvent({ user: 'bob\ufffd' })]);
    }
    using reader = openAuditReader(folder.path);
    const text = `hex(CAST(text AS BLOB))`;
    for (const other of [`replace(${text}, 'EFBFBD', 'FF')`, `${text} || '00414243'`]) {
      tamper(`CREATE TABLE kept AS SELECT text FROM entries; UPDATE entries SET text = CAST(unhex(${other}) AS TEXT)`);
      expect(() => reader.verify()).toThrow('entry 1 ');
      expect(() => reader.entries({}, 1)).toThrow(broken);
      expect(() => verifyExport(folder.file('export', [...reader.exportLines()].join('')))).toThrow(broken);
      tamper('UPDATE entries SET text = (SELECT text FROM kept); DROP TABLE kept');
      reader.verify();
    }
  });

  test('is found broken by any byte of the file that changes what is read', () => {
    fill(200);
    const whole = readFileSync(folder.file('audit.db'));
    const read = (path: string) => {
      using reader = openAuditReader(path);
      reader.verify();
      // By number too: that goes down the tree.
      return [reader.entries({}, 1000), ...[2, 77, 140, 199].map((before) => reader.entries({ before }, 3))];
    };
    const before = read(folder.path);
    using other = new TemporaryFolder();
    copyFileSync(folder.file('secret'), other.file('secret'));
    let found = 0;
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (offset, mask) => {
        const changed = Buffer.from(whole);
        changed[offset]! ^= mask;
        for (const name of ['audit.db-wal', 'audit.db-shm']) rmSync(other.file(name), { force: true });
        writeFileSync(other.file('audit.db'), changed);
        try {
          expect(read(other.path)).toEqual(before);
        } catch (error) {
          if ((error as { code?: string }).code !== 'AUDIT_BROKEN') throw error;
          found++;
        }
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(0);
  });

  test('is added to no more where its end was changed, or the secret is another', () => {
    fill(2);
    tamper('UPDATE chain SET head_seq = 1');
    using store = openAuditStore(folder.path, forever);
    const unwritable = expect.objectContaining({ code: 'AUDIT_UNWRITABLE' });
    expect(() => store.append([someEvent()])).toThrow(unwritable);
    tamper('UPDATE chain SET head_seq = 2');
    store.append([someEvent()]);
    writeFileSync(folder.file('secret'), 'x'.repeat(43));
    using withOther = openAuditStore(folder.path, forever);
    expect(() => withOther.append([someEvent()])).toThrow(unwritable);
  });
});
