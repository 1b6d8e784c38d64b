import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:tls';

/** Where another smbwho answers, and what to show it. */
export type ServerAddress =
  | {
      readonly url: URL;
      readonly token: string;
      /** PEM text to trust instead of the system's authorities. */
      readonly ca: string | null;
      /** SHA-256 fingerprint of the one certificate to trust; colons and case do not matter. */
      readonly fingerprint: string | null;
    }
  | { readonly socketPath: string };

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The server could not be asked, or said no. `code` is stable, see docs/errors.md. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** How long a server may say nothing. */
const timeoutMs = 10_000;
const maxAnswerBytes = 512 * 1024 * 1024;

/**
 * Asks for a path.
 *
 * @throws ServerError SERVER_UNREACHABLE, SERVER_CERTIFICATE, SERVER_ANSWER
 */
export async function get(address: ServerAddress, path: string): Promise<Answer> {
  return readAnswer(address, await send(address, { path }));
}

/**
 * Posts a body as JSON.
 *
 * @throws ServerError SERVER_UNREACHABLE, SERVER_CERTIFICATE, SERVER_ANSWER, and SERVER_LOST
 */
export async function post(address: ServerAddress, path: string, body: unknown): Promise<Answer> {
  return readAnswer(address, await send(address, { path, body: JSON.stringify(body) }));
}

export interface Request {
  readonly path: string;
  /** JSON to post; none for a GET. */
  readonly body?: string;
  /** How much longer than usual the server may say nothing. */
  readonly patienceMs?: number;
  /** Breaks the connection once it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends a request, and returns once the answer begins.
 *
 * @throws ServerError SERVER_UNREACHABLE, SERVER_CERTIFICATE; and SERVER_LOST where a body may have arrived
 */
export async function send(address: ServerAddress, request: Request): Promise<IncomingMessage> {
  const { body, patienceMs = 0 } = request;
  const silenceMs = timeoutMs + patienceMs;
  try {
    const asked = await requestTo(address, request);
    return await new Promise((resolve, reject) => {
      asked.setTimeout(silenceMs, () => asked.destroy(new Error(`no answer within ${silenceMs / 1000} s`)));
      asked.on('response', resolve).on('error', (error) => {
        const isLost = body !== undefined && asked.writableFinished;
        reject(isLost ? new ServerError('SERVER_LOST', `${nameOf(address)} is lost: ${error.message}`) : error);
      });
      asked.end(body);
    });
  } catch (error) {
    throw toServerError(error, address);
  }
}

/** @throws ServerError SERVER_UNREACHABLE, SERVER_ANSWER */
export async function readAnswer(address: ServerAddress, response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxAnswerBytes) throw new Error('the answer is too long');
    }
    return { status: response.statusCode!, body: JSON.parse(Buffer.concat(chunks).toString()) };
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new ServerError('SERVER_ANSWER', `${nameOf(address)} answers, but not as smbwho does`);
    }
    throw toServerError(error, address);
  }
}

export function nameOf(address: ServerAddress): string {
  return isSocket(address) ? address.socketPath : address.url.origin;
}

function isSocket(address: ServerAddress): address is { readonly socketPath: string } {
  return 'socketPath' in address;
}

async function requestTo(address: ServerAddress, { path, body, signal }: Request): Promise<ClientRequest> {
  const options = {
    agent: false as const,
    ...(signal === undefined ? {} : { signal }),
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      connection: 'close',
      host: 'localhost',
      authorization: 'Bearer local',
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    },
  };
  if (isSocket(address)) return httpRequest({ ...options, socketPath: address.socketPath, path });
  const { url, token, ca, fingerprint } = address;
  const target = new URL(path, url);
  const headers = { ...options.headers, host: url.host, authorization: `Bearer ${token}` };
  if (url.protocol === 'http:') return httpRequest(target, { ...options, headers });
  if (fingerprint !== null) {
    const trust = { ca: await pinnedCertificate(url, fingerprint), allowPartialTrustChain: true };
    return httpsRequest(target, { ...options, ...trust, headers, checkServerIdentity: () => undefined });
  }
  return httpsRequest(target, ca === null ? { ...options, headers } : { ...options, headers, ca });
}

/** The server's certificate in PEM where it is the one meant, to be trusted alone by the request that follows. */
function pinnedCertificate(url: URL, fingerprint: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port: Number(url.port || 443), rejectUnauthorized: false });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    socket.once('error', reject).once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      const found = certificate?.fingerprint256 ?? 'none';
      if (bare(found) === bare(fingerprint)) return resolve(certificate!.toString());
      reject(
        new ServerError('SERVER_CERTIFICATE', `the certificate of ${url.origin} has another fingerprint: ${found}`),
      );
    });
  });
}

function bare(fingerprint: string): string {
  return fingerprint
    .replace(/^sha-?256[:=]/i, '')
    .replaceAll(':', '')
    .toLowerCase();
}

const certificateErrors = /CERT|SIGNATURE|SELF_SIGNED|UNABLE_TO|ERR_TLS/;

function toServerError(error: unknown, address: ServerAddress): ServerError {
  if (error instanceof ServerError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const name = nameOf(address);
  if (code !== undefined && certificateErrors.test(code)) {
    const advice = 'give --ca FILE with its certificate, or --fingerprint, once you have compared it on the server';
    return new ServerError('SERVER_CERTIFICATE', `the certificate of ${name} is not trusted (${code}); ${advice}`);
  }
  if (code === 'EACCES') return new ServerError('SERVER_DENIED', `${name} may not be opened; run as root`);
  return new ServerError('SERVER_UNREACHABLE', `${name} can't be reached: ${code ?? message}`);
}
