import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { someEvent } from '../../test/support/audit/index.ts';
import { runInMemory } from '../../test/support/command-line.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { openAuditStore } from '../access/index.ts';
import type { Actor, AuditEvent } from '../sessions/index.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

const run = (...words: readonly string[]) => runInMemory(['audit', ...words, '--state-dir', folder.path]);
const eve: Actor = { name: 'eve', accountId: '3000000001', tokenId: '3', from: '192.0.2.9' };
const closed = (changes: Partial<AuditEvent> = {}) =>
  someEvent({ actor: eve, reason: null, cost: null, outcome: 'closed', ...changes });

function append(...events: readonly AuditEvent[]) {
  using store = openAuditStore(folder.path, { retentionDays: null });
  return store.append(events);
}
const seqs = async (...words: readonly string[]) => {
  const { stdout, stderr, code } = await run('list', '--jsonl', ...words);
  expect([stderr, code]).toEqual(['', 0]);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).seq]));
};

describe('smbwho audit list', () => {
  test('who did what to whom, and why, in one line; nothing that a terminal would obey', async () => {
    append(closed({ reason: 'left\u001b[31m open', user: 'ali\u202ece' }));
    const { stdout } = await run('list');
    expect(stdout).toMatch(/^SEQ +AT +BY +FROM +WHAT +OUTCOME +USER +TARGET +WHY\n/);
    expect(stdout).toMatch(
      / eve \(token 3\) +192\.0\.2\.9 +smb_close_session +closed +ali\\u202ece +1\.1\.134400300000000000 +left\\x1b\[31m open\n$/,
    );
    expect(JSON.parse((await run('list', '--json')).stdout)[0]).toMatchObject({ by: 'eve', user: 'ali\u202ece' });
  });

  test('what was begun stands there only where nobody knows how it ended', async () => {
    append(closed({ outcome: 'begun' }), closed({ outcome: 'begun', target: '1.2.1' }));
    append(closed({ begunAs: 1 }));
    expect(await seqs()).toEqual([2, 3]);
  });

  test('the last ones, the newest last, as far back as is wanted', async () => {
    append(...Array.from({ length: 2500 }, (_, i) => closed({ target: `1.${i + 1}.1`, outcome: 'closed' })));
    append(closed({ operation: 'rest_login', actor: { ...eve, name: 'bob' } }));
    expect(await seqs('--limit', '3')).toEqual([2499, 2500, 2501]);
    expect(await seqs()).toHaveLength(50);
    expect(await seqs('--limit', '9999')).toEqual(Array.from({ length: 2501 }, (_, i) => i + 1));
    expect(await seqs('--operation', 'rest_login')).toEqual([2501]);
    expect(await seqs('--actor', 'Bob')).toEqual([2501]);
    expect(await seqs('--target', '1.7.1')).toEqual([7]);
    expect(await seqs('--since', '1h', '--limit', '1')).toEqual([2501]);
    expect(await seqs('--since', '2999-01-01')).toEqual([]);
  });

  test.each([
    [['--operation', 'dance']],
    [['--since', 'yesterday']],
    [['--since', '2026-13-99']],
    [['--limit', '0']],
    [['--json', '--jsonl']],
  ])('%j is refused', async (words) => {
    expect(await run('list', ...words)).toMatchObject({ stdout: '', code: 2 });
  });

  test('where nothing is recorded, that is said, and no record begun', async () => {
    for (const words of [['list'], ['verify'], ['export']]) {
      expect(await run(...words)).toMatchObject({
        stdout: '',
        stderr: expect.stringContaining('STATE_UNUSABLE'),
        code: 1,
      });
    }
  });
});

describe('smbwho audit verify', () => {
  test('says how far the record reaches; an anchor must be in it', async () => {
    const receipts = append(closed(), closed(), closed());
    const [, second, last] = receipts;
    const whole = `3 entries (1 to 3) as they were written; the last is 3:${last!.hash}\n`;
    expect(await run('verify')).toEqual({ stdout: whole, stderr: '', code: 0 });
    expect(await run('verify', '--anchor', `2:${second!.hash.toUpperCase()}`)).toMatchObject({
      stdout: whole,
      code: 0,
    });
    expect(await run('verify', '--anchor', `2:${last!.hash}`)).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/AUDIT_BROKEN: .*\b2\b/),
      code: 1,
    });
    expect(await run('verify', '--anchor', 'seven')).toMatchObject({ code: 2 });
  });

  test('names the first entry that was changed', async () => {
    append(closed(), closed(), closed());
    const database = new DatabaseSync(folder.file('audit.db'));
    database.exec("UPDATE entries SET text = replace(text, 'alice', 'bob') WHERE seq >= 2");
    database.close();
    const { stdout, stderr, code } = await run('verify');
    expect([stdout, code]).toEqual(['', 1]);
    expect(stderr).toMatch(/^smbwho: AUDIT_BROKEN: .*entry 2\b/);
  });

  test('reads what export wrote, without the state folder', async () => {
    const [, last] = append(closed(), closed({ reason: 'naïve' }));
    const { stdout: text } = await run('export');
    expect(text.trim().split('\n')).toHaveLength(3);
    const path = folder.file('copy.jsonl', text);
    const verify = () => runInMemory(['audit', 'verify', path, '--state-dir', '/nonexistent']);
    expect(await verify()).toMatchObject({ stdout: expect.stringContaining(`2:${last!.hash}`), code: 0 });
    writeFileSync(path, readFileSync(path, 'utf8').replace('naïve', 'naive'));
    expect(await verify()).toMatchObject({ stderr: expect.stringMatching(/AUDIT_BROKEN: .*entry 2\b/), code: 1 });
    const missing = await runInMemory(['audit', 'verify', '/nonexistent/copy']);
    expect(missing).toMatchObject({ stderr: expect.stringContaining('/nonexistent/copy'), code: 1 });
  });
});
