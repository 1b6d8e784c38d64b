import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { someEvent } from '../../../test/support/audit/index.ts';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { openAuditLog } from './audit-log.ts';
import { openAuditReader } from './audit-reader.ts';
import { openAuditStore } from './audit-store.ts';

const forever = { retentionDays: null };

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

describe('the record of a server', () => {
  test('has all that is appended at once, in the order of the calls, each call in one piece', async () => {
    await using log = await openAuditLog(folder.path, forever);
    const calls = Array.from({ length: 100 }, (_, call) =>
      log.append(Array.from({ length: call % 4 }, (_, i) => someEvent({ target: `${call}.${i}` }))),
    );
    const receipts = await Promise.all(calls);
    expect(receipts.map(({ length }) => length)).toEqual(receipts.map((_, call) => call % 4));
    using reader = openAuditReader(folder.path);
    reader.verify(receipts.flat());
    const targets = receipts.flatMap((call, i) => call.map((_, j) => `${i}.${j}`));
    expect(reader.entries({}, 1000).map(({ event }) => event.target)).toEqual(targets.toReversed());
    expect(await log.head()).toEqual({ ...receipts.flat().at(-1), cutFailure: null });
  });

  test('is the one that others append to', async () => {
    await using log = await openAuditLog(folder.path, forever);
    using store = openAuditStore(folder.path, forever);
    await log.append([someEvent()]);
    const [second] = store.append([someEvent()]);
    expect(await log.head()).toMatchObject(second!);
    expect((await log.append([someEvent()]))[0]!.seq).toBe(3);
  });

  test('has what it was given before it was closed, and takes no more', async () => {
    const log = await openAuditLog(folder.path, forever);
    const pending = Array.from({ length: 20 }, () => log.append([someEvent()]));
    await log[Symbol.asyncDispose]();
    expect((await Promise.all(pending)).at(-1)![0]!.seq).toBe(20);
    await expect(log.append([someEvent()])).rejects.toMatchObject({ code: 'AUDIT_UNWRITABLE' });
    await log[Symbol.asyncDispose]();
    expect(existsSync(folder.file('audit.db-wal'))).toBe(false);
  });

  test("refuses what it can't write, all of it, and goes on when it can", async () => {
    await using log = await openAuditLog(folder.path, forever);
    await log.append([someEvent()]);
    using database = new DatabaseSync(folder.file('audit.db'));
    database.exec('UPDATE chain SET head_seq = 7');
    for (const refused of await Promise.allSettled([log.append([someEvent()]), log.append([someEvent(), someEvent()])]))
      expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'AUDIT_UNWRITABLE', name: 'AccessError' } });
    database.exec('UPDATE chain SET head_seq = 1');
    expect((await log.append([someEvent()]))[0]!.seq).toBe(2);
  });

  test('refuses what its thread fails with, and then goes on in another', async () => {
    const started = once(process, 'worker') as Promise<[Worker]>;
    await using log = await openAuditLog(folder.path, forever);
    const [worker] = await started;
    await log.append([someEvent()]);
    const ended = worker.terminate();
    const refusal = { code: 'AUDIT_UNWRITABLE', message: expect.stringContaining('the thread that records has ended') };
    await expect(log.append([someEvent()])).rejects.toMatchObject(refusal);
    await ended;
    expect((await log.append([someEvent()]))[0]!.seq).toBe(2);
    expect((await log.head()).seq).toBe(2);
  });

  test('goes on with the secret that it began with, and makes no other', async () => {
    await using log = await openAuditLog(folder.path, forever);
    await log.append([someEvent()]);
    rmSync(folder.file('secret'));
    expect((await log.head()).seq).toBe(1);
    expect((await log.append([someEvent()]))[0]!.seq).toBe(2);
    expect(existsSync(folder.file('secret'))).toBe(false);
  });

  test.each(['audit.db', 'audit.db-wal', 'audit.db-shm'])(
    'takes nothing more where %s is not where others look for it, until it is again',
    async (name) => {
      await using log = await openAuditLog(folder.path, forever);
      await log.append([someEvent()]);
      const path = folder.file(name);
      renameSync(path, `${path}.away`);
      const append = () => log.append([someEvent()]);
      const refusal = { code: 'AUDIT_UNWRITABLE', message: expect.stringContaining(`${path} was removed or replaced`) };
      await expect(append()).rejects.toMatchObject(refusal);
      await expect(log.head()).rejects.toMatchObject({ code: 'AUDIT_BROKEN' });
      folder.file(name, readFileSync(`${path}.away`));
      await expect(append()).rejects.toMatchObject(refusal);
      renameSync(`${path}.away`, path);
      expect((await append())[0]!.seq).toBe(2);
    },
  );

  test('is not opened where there can be none', async () => {
    await expect(openAuditLog(folder.file('a/b'), forever)).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      name: 'AccessError',
    });
    folder.file('audit.db', 'this is no database, by far '.repeat(100));
    await expect(openAuditLog(folder.path, forever)).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
    expect(readFileSync(folder.file('audit.db'), 'utf8')).toContain('this is no database');
  });
});
