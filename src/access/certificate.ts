import { webcrypto } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StateError } from './token-file.ts';

/** PEM texts for a TLS server. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

const validYears = 10;

/**
 * The self-signed certificate of a state folder, `<folder>/tls.crt` with `<folder>/tls.key` (mode 0600), made on first
 * use for this host's name and the loopback addresses.
 *
 * @throws StateError STATE_UNUSABLE
 */
export async function ensureCertificate(stateFolder: string): Promise<KeyPair> {
  const keyPath = join(stateFolder, 'tls.key');
  const certPath = join(stateFolder, 'tls.crt');
  try {
    return { key: readFileSync(keyPath, 'utf8'), cert: readFileSync(certPath, 'utf8') };
  } catch {
    const pair = await makeCertificate();
    try {
      writeFileSync(keyPath, pair.key, { mode: 0o600 });
      writeFileSync(certPath, pair.cert, { mode: 0o644 });
    } catch (error) {
      throw new StateError(
        'STATE_UNUSABLE',
        `no certificate can be kept in ${stateFolder}: ${(error as Error).message}`,
      );
    }
    return pair;
  }
}

async function makeCertificate(): Promise<KeyPair> {
  // Loaded only here: it takes a while, and is needed once in the life of a state folder. It wants the polyfill first.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notBefore = new Date();
  const notAfter = new Date(notBefore);
  notAfter.setFullYear(notAfter.getFullYear() + validYears);
  const names = [...new Set([hostname(), 'localhost'])].map((value) => ({ type: 'dns' as const, value }));
  const addresses = ['127.0.0.1', '::1'].map((value) => ({ type: 'ip' as const, value }));
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=smbwho on ${hostname().replace(/[^\w.-]/g, '')}`,
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature),
      new x509.SubjectAlternativeNameExtension([...names, ...addresses]),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const lines = pkcs8.match(/.{1,64}/g)!.join('\n');
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
    cert: `${certificate.toString('pem')}\n`,
  };
}
