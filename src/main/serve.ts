import { join } from 'node:path';
import { ensureCertificate, ensureToken, verifyOneToken } from '../access/index.ts';
import { type AppOptions, buildApp } from '../api/index.ts';
import type { OpenSource, ServeOptions } from '../cli/index.ts';
import { ConfigError, isLoopback, parseCloseLimit, parseListenAddress } from '../config/index.ts';
import { closerOfRecording, RecordedSource, shareRefreshes } from '../live/index.ts';
import { listenOnSocket } from './local-socket.ts';
import { openLocal } from './sources.ts';

/** Between two looks at the connections, so that idle times of a server that nobody asks are right, too. */
const idlePauseMs = 10_000;

export interface Serving {
  readonly url: string;
  readonly tokenPath: string;
  readonly notes: readonly string[];
}

/**
 * Starts the API: on its address for everybody with a token, and on a socket for root on this machine. It ends on SIGTERM
 * or SIGINT.
 *
 * @throws ConfigError, StateError, and LISTEN_FAILED
 */
export async function serve(options: ServeOptions, build: AppOptions['build']): Promise<Serving> {
  const { host, port } = parseListenAddress(options.listen);
  const isPlain = options.tls === 'off';
  if (isPlain && !isLoopback(host)) {
    throw new ConfigError(`plain HTTP (--tls off) is for loopback only, not for ${host}`);
  }
  const closeLimit = parseCloseLimit(options.closeLimit);
  const token = ensureToken(options.stateDir);
  const opened = openSources(options);
  const { directory, closer } = opened;
  const services = { source: shareRefreshes(opened.source), directory, closer, closeLimit, build };
  const logger = { level: 'warn', stream: process.stderr };
  const app = await buildApp({
    ...services,
    logger,
    verifier: verifyOneToken(token),
    tls: isPlain ? null : await ensureCertificate(options.stateDir),
  });
  let url: string;
  try {
    url = await app.listen({ host, port });
  } catch (error) {
    throw explainListen(error as NodeJS.ErrnoException, options.listen);
  }
  const socket = await listenOnSocket(options.runDir, { ...services, logger });
  const stop = async () => {
    const closed = Promise.all([app.close(), socket.close()]);
    opened[Symbol.dispose](); // who waits for an smbstatus need not wait longer
    await closed;
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  return { url, tokenPath: join(options.stateDir, 'token'), notes: socket.note === null ? [] : [socket.note] };
}

function openSources(options: ServeOptions): OpenSource {
  const { recording } = options;
  if (recording === undefined) return openLocal(options, { idlePauseMs });
  const source = new RecordedSource({ instance: 1, folder: recording });
  // Who else had an account on the server that was recorded, nobody knows.
  return {
    source,
    directory: { lookUp: async () => ({ verdict: 'unavailable', accounts: [] }) },
    closer: closerOfRecording(source),
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

function explainListen(error: NodeJS.ErrnoException, listen: string): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program listens there; name another port with --listen',
    EACCES: 'ports below 1024 are for root; name another with --listen',
    EADDRNOTAVAIL: 'this machine has no such address; name another with --listen',
    ENOTFOUND: 'the host name is not known; name an address with --listen',
  };
  const reason = reasons[error.code ?? ''];
  if (reason === undefined) return error;
  return Object.assign(new Error(`can't listen on ${listen}: ${reason}`), { code: 'LISTEN_FAILED' });
}
