import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { ensureCertificate, readCertificate } from './index.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

describe('the certificate of a state folder', () => {
  test('is made once, its key for its owner alone', async () => {
    const pair = await ensureCertificate(folder.path);
    expect(() => createSecureContext(pair)).not.toThrow();
    expect(await ensureCertificate(folder.path)).toEqual(pair);
    expect(statSync(folder.file('tls.key')).mode & 0o777).toBe(0o600);
  });

  test('is the same for all who make it at once', async () => {
    const [first, ...others] = await Promise.all(Array.from({ length: 3 }, () => ensureCertificate(folder.path)));
    expect(others).toEqual([first, first]);
  });

  test('is made for the key of a server that was killed before it had one', async () => {
    const { key } = await ensureCertificate(folder.path);
    rmSync(folder.file('tls.crt'));
    const pair = await ensureCertificate(folder.path);
    expect(pair.key).toBe(key);
    expect(readCertificate(folder.file('tls.key'), folder.file('tls.crt'))).toEqual(pair);
  });

  test('is not used where others may read its key', async () => {
    await ensureCertificate(folder.path);
    chmodSync(folder.file('tls.key'), 0o640);
    await expect(ensureCertificate(folder.path)).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
    expect(statSync(folder.file('tls.key')).mode & 0o777).toBe(0o640);
  });

  test('never takes the place of a key or certificate of the operator', async () => {
    await ensureCertificate(folder.path);
    const cert = readFileSync(folder.file('tls.crt'), 'utf8');
    rmSync(folder.file('tls.key'));
    await expect(ensureCertificate(folder.path)).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
    expect(readFileSync(folder.file('tls.crt'), 'utf8')).toBe(cert);
    writeFileSync(folder.file('tls.crt'), 'garbage');
    await expect(ensureCertificate(folder.path)).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      message: expect.stringContaining(folder.file('tls.crt')),
    });
  });
});

describe("an operator's own certificate", () => {
  test('is read with its key', async () => {
    const pair = await ensureCertificate(folder.path);
    expect(readCertificate(folder.file('tls.key'), folder.file('tls.crt'))).toEqual(pair);
  });

  test('is refused by name where there is none, or it is of another key', async () => {
    const mine = await ensureCertificate(folder.path);
    const theirs = await ensureCertificate(folder.file('other'));
    const [key, cert] = [folder.file('my.key', mine.key), folder.file('their.crt', theirs.cert)];
    const empty = folder.file('empty', '');
    for (const [keyPath, certPath] of [
      [key, cert],
      [key, folder.file('none')],
      [folder.file('none'), cert],
      [cert, key],
      [key, empty],
      [empty, cert],
      [empty, empty],
    ] as const) {
      const read = () => readCertificate(keyPath, certPath);
      expect(read).toThrow(expect.objectContaining({ code: 'CERTIFICATE_UNUSABLE' }));
      expect(read).toThrow(expect.objectContaining({ message: expect.stringContaining(certPath) }));
      expect(read).not.toThrow(/PRIVATE KEY/);
    }
  });
});
