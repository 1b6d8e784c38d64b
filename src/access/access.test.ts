import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { ensureCertificate, ensureToken, verifyOneToken } from './index.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

describe('the token of a state folder', () => {
  test('is made once, and only its owner reads it', () => {
    const state = folder.file('state');
    const token = ensureToken(state);
    expect(token).toMatch(/^access-v1:[\w-]{43}$/);
    expect(ensureToken(state)).toBe(token);
    expect([statSync(state).mode & 0o777, statSync(`${state}/token`).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  test('opens the door, and no other text does', async () => {
    const token = ensureToken(folder.path);
    const verifier = verifyOneToken(token);
    expect(await verifier.verify(token)).toMatchObject({ name: 'admin' });
    for (const other of ['', token.slice(0, -1), `${token} `, token.toUpperCase()])
      expect(await verifier.verify(other)).toBeNull();
  });

  test('that others may read, or that is none, is refused by name', () => {
    folder.file('token', 'nonsense');
    chmodSync(folder.file('token'), 0o600);
    expect(() => ensureToken(folder.path)).toThrow(expect.objectContaining({ code: 'TOKEN_MALFORMED' }));
    rmSync(folder.file('token'));
    ensureToken(folder.path);
    chmodSync(folder.file('token'), 0o644);
    expect(() => ensureToken(folder.path)).toThrow(expect.objectContaining({ code: 'STATE_UNUSABLE' }));
  });

  test('needs a folder whose parent is there', () => {
    expect(() => ensureToken(folder.file('a/b'))).toThrow(expect.objectContaining({ code: 'STATE_UNUSABLE' }));
  });
});

describe('the certificate of a state folder', () => {
  test('is made once, its key for its owner alone', async () => {
    const pair = await ensureCertificate(folder.path);
    expect(() => createSecureContext(pair)).not.toThrow();
    expect(await ensureCertificate(folder.path)).toEqual(pair);
    expect(statSync(folder.file('tls.key')).mode & 0o777).toBe(0o600);
  });

  test('never takes the place of a key or certificate of the operator', async () => {
    await ensureCertificate(folder.path);
    const key = readFileSync(folder.file('tls.key'), 'utf8');
    rmSync(folder.file('tls.crt'));
    await expect(ensureCertificate(folder.path)).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
    expect(readFileSync(folder.file('tls.key'), 'utf8')).toBe(key);
    writeFileSync(folder.file('tls.crt'), 'garbage');
    await expect(ensureCertificate(folder.path)).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      message: expect.stringContaining(folder.file('tls.crt')),
    });
  });
});
