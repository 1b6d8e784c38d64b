import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
    const token = await firstTokenOf(access);
    expect(access.firstToken.read()).toBe(token);
    expect([content(), await firstTokenOf(access)]).toEqual([token, token]);
    expect(await access.verifier.verify(token)).toMatchObject({ accountId: '500', tokenId: '1', privileges });
    using other = someAccess(folder.path);
    expect(await firstTokenOf(other)).toBe(token);
    expect(access.tokens.list()).toHaveLength(1);
  });

  test('is another one after it was revoked, and the file goes with it', async () => {
    using access = someAccess(folder.path);
    const token = await firstTokenOf(access);
    await access.tokens.revoke((await makeToken(access)).id);
    expect(existsSync(file)).toBe(true);
    await access.tokens.revoke('1');
    expect(existsSync(file)).toBe(false);
    expect(access.firstToken.read()).toBeNull();
    const next = await firstTokenOf(access);
    expect(next).not.toBe(token);
    expect([content(), statSync(file).mode & 0o777]).toEqual([next, 0o600]);
    expect(await access.verifier.verify(token)).toBeNull();
  });

  test('of a smbwho that had no accounts is taken in when the first one is asked for, and not before', async () => {
    writeFileSync(file, `${old}\n`, { mode: 0o600 });
    using access = someAccess(folder.path);
    expect([await access.verifier.verify(old), access.tokens.list()]).toEqual([null, []]);
    expect(await firstTokenOf(access)).toBe(old);
    expect(await access.verifier.verify(old)).toMatchObject({ accountId: '500', tokenId: '1', privileges });
    expect(await firstTokenOf(access)).toBe(old);
    expect(access.tokens.list()).toHaveLength(1);
    expect((await makeToken(access)).id).toBe('2');
  });

  test('stays revoked though its file is put back', async () => {
    writeFileSync(file, `${old}\n`, { mode: 0o600 });
    {
      using access = someAccess(folder.path);
      await firstTokenOf(access);
      expect(await access.tokens.revoke('1')).toBe(true);
    }
    writeFileSync(file, `${old}\n`, { mode: 0o600 });
    using access = someAccess(folder.path);
    expect(await access.verifier.verify(old)).toBeNull();
    expect(access.firstToken.read()).toBeNull();
    expect(await firstTokenOf(access)).not.toBe(old);
    expect(await access.verifier.verify(old)).toBeNull();
    expect(await access.verifier.verify(content())).toMatchObject({ name: 'admin' });
  });

  test('is not what somebody puts there once there are tokens', async () => {
    {
      using access = someAccess(folder.path);
      await access.tokens.revoke((await makeToken(access)).id);
    }
    writeFileSync(file, `${old}\n`, { mode: 0o600 });
    using access = someAccess(folder.path);
    const token = await firstTokenOf(access);
    expect([await access.verifier.verify(old), content()]).toEqual([null, token]);
  });

  test('is revoked, as all others, though its file can be read by others or is none', async () => {
    using access = someAccess(folder.path);
    const [token, other] = [await firstTokenOf(access), await makeToken(access)];
    chmodSync(file, 0o644);
    expect(await access.tokens.revoke(other.id)).toBe(true);
    expect(await access.tokens.revoke('1')).toBe(true);
    expect([await access.verifier.verify(token), existsSync(file)]).toEqual([null, false]);
    mkdirSync(file);
    expect(await access.tokens.revoke((await makeToken(access)).id)).toBe(true);
  });

  test('that is drafted is none before it is kept, and one that another has kept meanwhile is the one', async () => {
    using access = someAccess(folder.path);
    const [first, second] = [await access.firstToken.draft(), await access.firstToken.draft()];
    expect([existsSync(file), access.tokens.list()]).toEqual([false, []]);
    expect([first.id, first.privileges]).toEqual(['1', privileges]);
    const token = await first.keep();
    expect(await second.keep()).toBe(token);
    expect(access.tokens.list().map(({ id }) => id)).toEqual(['1']);
  });

  test('whose file holds something else is refused by name, when it is asked for', async () => {
    writeFileSync(file, 'nonsense', { mode: 0o600 });
    using access = someAccess(folder.path);
    await expect(firstTokenOf(access)).rejects.toMatchObject({ code: 'TOKEN_MALFORMED' });
    expect(content()).toBe('nonsense');
    rmSync(file);
    expect(await firstTokenOf(access)).toBe(content());
  });
});
