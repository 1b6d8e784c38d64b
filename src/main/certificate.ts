import { ensureCertificate, type KeyPair, readCertificate } from '../access/index.ts';
import { type Api, renewCertificate } from '../api/index.ts';
import type { ServeOptions } from '../cli/index.ts';
import { ConfigError } from '../config/index.ts';

type CertificateOptions = Pick<ServeOptions, 'tls' | 'tlsCert' | 'tlsKey' | 'stateDir'>;

/**
 * What reads the certificate that the options mean; null for plain HTTP.
 *
 * @throws ConfigError
 */
export function certificateReader({ tls, tlsCert, tlsKey, stateDir }: CertificateOptions) {
  if (tls !== 'files') {
    if ((tlsCert ?? tlsKey) !== undefined) throw new ConfigError('--tls-cert and --tls-key are for --tls files');
    return tls === 'off' ? null : () => ensureCertificate(stateDir);
  }
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new ConfigError('--tls files needs --tls-cert and --tls-key');
  }
  return async () => readCertificate(tlsKey, tlsCert);
}

/**
 * Reads the certificate again on SIGHUP, once there is an app. One that is none is logged, and the old one stays.
 *
 * @param started the signal may come before: it must not end what only starts
 */
export function renewOnHangup(started: Promise<Api>, read: (() => Promise<KeyPair>) | null): Disposable {
  const renew = async () => {
    const app = await started;
    if (read === null) return; // nor must it end a server that has none
    try {
      renewCertificate(app, await read());
      app.log.child({}, { level: 'info' }).info('the certificate has been read again');
    } catch (error) {
      app.log.error(error, 'the certificate stays what it was');
    }
  };
  process.on('SIGHUP', renew);
  return { [Symbol.dispose]: () => process.off('SIGHUP', renew) };
}
