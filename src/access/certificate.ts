import { webcrypto } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { StateError } from './token-file.ts';

/** PEM texts for a TLS server. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

const validYears = 10;

/**
 * The self-signed certificate of a state folder, `<folder>/tls.crt` with `<folder>/tls.key` (mode 0600), made for this
 * host's name and the loopback addresses where neither is there yet.
 *
 * @throws StateError STATE_UNUSABLE where only one of them is there, or they do not belong together
 */
export async function ensureCertificate(stateFolder: string): Promise<KeyPair> {
  const paths = { key: join(stateFolder, 'tls.key'), cert: join(stateFolder, 'tls.crt') };
  const found = { key: tryRead(paths.key), cert: tryRead(paths.cert) };
  if (found.key === undefined && found.cert === undefined) return keep(await makeCertificate(), paths);
  try {
    const pair = { key: found.key ?? missing(paths.key), cert: found.cert ?? missing(paths.cert) };
    createSecureContext(pair);
    return pair;
  } catch (error) {
    const advice = 'put both files there, or remove both to have new ones made';
    throw new StateError(
      'STATE_UNUSABLE',
      `${paths.key} and ${paths.cert} are no key and certificate: ${(error as Error).message}; ${advice}`,
    );
  }
}

function keep(pair: KeyPair, paths: { readonly key: string; readonly cert: string }): KeyPair {
  try {
    // Never into a file that is there already: its mode would stay what it is.
    writeFileSync(paths.key, pair.key, { mode: 0o600, flag: 'wx' });
    writeFileSync(paths.cert, pair.cert, { mode: 0o644, flag: 'wx' });
  } catch (error) {
    throw new StateError('STATE_UNUSABLE', `no certificate can be kept there: ${(error as Error).message}`);
  }
  return pair;
}

function missing(path: string): never {
  throw new Error(`${path} is missing`);
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StateError('STATE_UNUSABLE', `${path} can't be read: ${(error as Error).message}`);
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
