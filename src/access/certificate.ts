import { webcrypto } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { AccessError } from '../sessions/index.ts';
import { createPrivate, makeStateFolder, unusable } from './state-folder.ts';

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
 * @throws AccessError STATE_UNUSABLE where only one of them is there, or they do not belong together
 */
export async function ensureCertificate(stateFolder: string): Promise<KeyPair> {
  makeStateFolder(stateFolder);
  const paths = { key: join(stateFolder, 'tls.key'), cert: join(stateFolder, 'tls.crt') };
  try {
    const found = { key: tryRead(paths.key), cert: tryRead(paths.cert) };
    if (found.key === undefined && found.cert === undefined) return keep(await makeCertificate(), paths);
    return checkPair({ key: found.key ?? missing(paths.key), cert: found.cert ?? missing(paths.cert) });
  } catch (error) {
    if (error instanceof AccessError) throw error;
    throw new AccessError(
      'STATE_UNUSABLE',
      `${paths.key} and ${paths.cert} are no key and certificate: ${(error as Error).message}; put both files there, or remove both to have new ones made`,
    );
  }
}

/**
 * A key and a certificate, with those of its issuers behind it, of the operator's own; both PEM, the key without a passphrase.
 *
 * @throws AccessError CERTIFICATE_UNUSABLE where they can't be read, or do not belong together
 */
export function readCertificate(keyPath: string, certPath: string): KeyPair {
  try {
    return checkPair({ key: readFileSync(keyPath, 'utf8'), cert: readFileSync(certPath, 'utf8') });
  } catch (error) {
    const message = `${keyPath} and ${certPath} are no key and certificate: ${(error as Error).message}`;
    throw new AccessError('CERTIFICATE_UNUSABLE', message);
  }
}

function checkPair(pair: KeyPair): KeyPair {
  createSecureContext(pair);
  return pair;
}

function keep(pair: KeyPair, paths: { readonly key: string; readonly cert: string }): KeyPair {
  // Never into a file that is there already.
  if (!createPrivate(paths.key, pair.key)) throw new Error(`${paths.key} was made meanwhile`);
  try {
    writeFileSync(paths.cert, pair.cert, { mode: 0o644, flag: 'wx' });
  } catch (error) {
    throw unusable(dirname(paths.cert), error);
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
    throw error;
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
