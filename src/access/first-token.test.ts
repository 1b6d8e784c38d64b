import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { firstTokenOf, makeToken, someAccess } from '../../test/support/access.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { privileges } from '../sessions/index.ts';

let folder: TemporaryFolder;
let file: string;
beforeEach(() => {
  folder = new TemporaryFolder();
  file = folder.file('token');
});
afterEach(() => folder[Symbol.dispose]());

const old = `access-v1:${'o'.repeat(43)}`;
const content = () => readFileSync(file, 'utf8').trim();

describe('the first token', () => {
  test('is made once, stands in its file, and may do everything', async () => {
    using access = someAccess(folder.path);
    expect(access.firstToken.read()).toBeNull();
    const token = firstTokenOf(access);
    expect(access.firstToken.read()).toBe(token);
    expect([content(), firstTokenOf(access)]).toEqual([token, token]);
    expect(await access.verifier.verify(token)).toMatchObject({ accountId: '500', tokenId: '1', privileges });
    using other = someAccess(folder.path);
    expect(firstTokenOf(other)).toBe(token);
    expect(access.tokens.list()).toHaveLength(1);
  });

  test('is another one after it was revoked, and the file goes with it', async () => {
    using access = someAccess(folder.path);
    const token = firstTokenOf(access);
    access.tokens.revoke(makeToken(access).id);
    expect(existsSync(file)).toBe(true);
    access.tokens.revoke('1');
    expect(existsSync(file)).toBe(false);
    expect(access.firstToken.read()).toBeNull();
    const next = firstTokenOf(access);
    expect(next).not.toBe(token);
    expect([content(), statSync(file).mode & 0o777]).toEqual([next, 0o600]);
    expect(await access.verifier.verify(token)).toBeNull();
  });

  test('of a smbwho that had no accounts goes on being valid', async () => {
    writeFileSync(file, `${old}\n`, { mode: 0o600 });
    using access = someAccess(folder.path);
    expect(await access.verifier.verify(old)).toMatchObject({ accountId: '500', tokenId: '1', privileges });
    expect(firstTokenOf(access)).toBe(old);
    someAccess(folder.path)[Symbol.dispose]();
    expect(access.tokens.list()).toHaveLength(1);
    expect(makeToken(access).id).toBe('2');
  });

  test('stays revoked though its file is put back', async () => {
    writeFileSync(file, `${old}\n`, { mode: 0o600 });
    {
      using access = someAccess(folder.path);
      expect(access.tokens.revoke('1')).toBe(true);
    }
    writeFileSync(file, `${old}\n`, { mode: 0o600 });
    using access = someAccess(folder.path);
    expect(await access.verifier.verify(old)).toBeNull();
    expect(access.firstToken.read()).toBeNull();
    expect(firstTokenOf(access)).not.toBe(old);
    expect(await access.verifier.verify(old)).toBeNull();
    expect(await access.verifier.verify(content())).toMatchObject({ name: 'admin' });
  });

  test('that is drafted is none before it is kept, and one that another has kept meanwhile is the one', async () => {
    using access = someAccess(folder.path);
    const [first, second] = [access.firstToken.draft(), access.firstToken.draft()];
    expect([existsSync(file), access.tokens.list()]).toEqual([false, []]);
    expect([first.id, first.privileges]).toEqual(['1', privileges]);
    const token = first.keep();
    expect(second.keep()).toBe(token);
    expect(access.tokens.list().map(({ id }) => id)).toEqual(['1']);
  });

  test('whose file holds something else is refused by name, when it is asked for', () => {
    writeFileSync(file, 'nonsense', { mode: 0o600 });
    using access = someAccess(folder.path);
    expect(() => firstTokenOf(access)).toThrow(expect.objectContaining({ code: 'TOKEN_MALFORMED' }));
    expect(content()).toBe('nonsense');
    rmSync(file);
    expect(firstTokenOf(access)).toBe(content());
  });
});
