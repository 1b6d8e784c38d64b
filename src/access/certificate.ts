import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { AccessError } from '../sessions/index.ts';
import { createFile, makeStateFolder, readPrivate } from './state-folder.ts';

/** PEM texts for a TLS server. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

const validYears = 10;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * The self-signed certificate of a state folder, `<folder>/tls.crt` with `<folder>/tls.key` (mode 0600), made for this
 * host's name and the loopback addresses where it is not there yet. What is there is never replaced; a key without a
 * certificate, as of a server that was killed between the two, gets one.
 *
 * @throws AccessError STATE_UNUSABLE where there is a certificate without a key, they do not belong together, or others
 * may read the key
 */
export async function ensureCertificate(stateFolder: string): Promise<KeyPair> {
  makeStateFolder(stateFolder);
  const paths = { key: join(stateFolder, 'tls.key'), cert: join(stateFolder, 'tls.crt') };
  try {
    if (!existsSync(paths.cert)) {
      // Several processes may do so at once: each goes on with what the first of them made.
      if (readPrivate(paths.key) === undefined) createFile(paths.key, makeKey());
      createFile(paths.cert, await makeCertificate(readPrivate(paths.key)!), 0o644);
    }
    const key = readPrivate(paths.key);
    if (key === undefined) throw new Error(`${paths.key} is missing`);
    return checkPair({ key, cert: readFileSync(paths.cert, 'utf8') });
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
  // What is empty makes a context too: one that no client can talk to.
  if (!new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key))) {
    throw new Error('the key is not that of the certificate');
  }
  createSecureContext(pair);
  return pair;
}

function makeKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: algorithm.namedCurve });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** PEM text of a certificate for this key. */
async function makeCertificate(key: string): Promise<string> {
  // Loaded only here: it takes a while, and is needed once in the life of a state folder. It wants the polyfill first.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const keys = {
    privateKey: createPrivateKey(key).toCryptoKey(algorithm, false, ['sign']),
    publicKey: createPublicKey(key).toCryptoKey(algorithm, true, ['verify']),
  };
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
  return `${certificate.toString('pem')}\n`;
}
