import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Access, openAccess, openAuditLog } from '../access/index.ts';
import { type Api, type AppOptions, buildApp } from '../api/index.ts';
import type { ServeOptions } from '../cli/index.ts';
import { ConfigError, isLoopback, parseCloseLimit, parseListenAddress, parseRetention } from '../config/index.ts';
import { makeUndumpable } from '../kernel/index.ts';
import {
  closerOfRecording,
  fileCloserOfRecording,
  RecordedSource,
  shareFileLists,
  shareRefreshes,
} from '../live/index.ts';
import { type AuditLog, parseNetwork, type SessionSource, type ShareSource } from '../sessions/index.ts';
import { keepRecorded } from './access.ts';
import { logHead } from './audit-head.ts';
import { certificateReader, renewOnHangup } from './certificate.ts';
import { listenOnSocket } from './local-socket.ts';
import { maxConnections } from './max-connections.ts';
import { type OpenServer, openLocal } from './sources.ts';

/** Between two looks at the connections, so that idle times of a server that nobody asks are right, too. */
const idlePauseMs = 10_000;

export interface Serving {
  readonly url: string;
  /** File of the first token; null where it is there no longer. */
  readonly tokenPath: string | null;
  readonly notes: readonly string[];
}

/**
 * Starts the API: on its address for everybody with a token, and on a socket for root on this machine. It ends on SIGTERM
 * or SIGINT, and reads its certificate again on SIGHUP.
 *
 * @throws ConfigError, AccessError, and LISTEN_FAILED
 */
export async function serve(options: ServeOptions, build: AppOptions['build']): Promise<Serving> {
  await using stack = new AsyncDisposableStack();
  const readCertificate = certificateReader(options);
  const { promise: started, resolve: start } = Promise.withResolvers<Api>();
  stack.use(renewOnHangup(started, readCertificate));
  const { host, port } = parseListenAddress(options.listen);
  if (readCertificate === null && !isLoopback(host) && !options.allowPlainHttp) {
    throw new ConfigError(
      `plain HTTP (--tls off) is for loopback only, not for ${host}: tokens can be read on the way; --allow-plain-http has it all the same`,
    );
  }
  const settings = {
    closeLimit: parseCloseLimit(options.closeLimit),
    trustedProxies: parseProxies(options.trustedProxy ?? []),
    hosts: { names: [host, hostname(), ...(options.allowedHost ?? [])], anyAddress: !isLoopback(host) },
    retentionDays: parseRetention(options.auditRetention),
  };
  const dumpable = await makeUndumpable();
  const access = stack.use(openAccess(options.stateDir, options.roles));
  const audit = stack.use(await openAuditLog(options.stateDir, settings));
  await ensureFirstToken(access, audit);
  const opened = stack.use(openSources(options));
  const services = {
    source: shareRefreshes(opened.source),
    directory: opened.directory,
    closer: opened.closer,
    files: shareFileLists(opened.files),
    fileCloser: opened.fileCloser,
    shares: opened.shares,
    audit,
    logins: access.logins,
    accounts: access.accounts,
    tokens: access.tokens,
    closeLimit: settings.closeLimit,
    build,
    logger: { level: 'warn', stream: process.stderr },
  };
  const tls = readCertificate === null ? null : await readCertificate();
  const { hosts, trustedProxies } = settings;
  const app = await buildApp({ ...services, verifier: access.verifier, tls, hosts, trustedProxies, isLocal: false });
  app.server.maxConnections = maxConnections();
  stack.defer(() => app.close());
  let url: string;
  try {
    url = await app.listen({ host, port });
  } catch (error) {
    throw explainListen(error as NodeJS.ErrnoException, options.listen);
  }
  const socket = await listenOnSocket(options.runDir, services);
  stack.defer(() => socket.close());
  start(app);
  stack.use(logHead(app, audit));
  const running = stack.move();
  const stop = async () => {
    const closed = Promise.all([app.close(), socket.close()]);
    opened[Symbol.dispose](); // who waits for an smbstatus need not wait longer
    await closed;
    await running.disposeAsync();
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  const notes = [socket.note, dumpable && `a core dump of this process would have its secrets: ${dumpable}`];
  const tokenPath = join(options.stateDir, 'token');
  return { url, tokenPath: existsSync(tokenPath) ? tokenPath : null, notes: notes.filter((note) => note !== null) };
}

/** Where there has never been a token, nobody could ask for the first one. */
async function ensureFirstToken({ tokens, firstToken }: Access, audit: AuditLog): Promise<void> {
  if (tokens.list().length > 0) return;
  await keepRecorded(await firstToken.draft(), null, audit);
}

function parseProxies(texts: readonly string[]): readonly string[] {
  const proxies = texts.map((text) => text.trim());
  // A network of all there are would believe everybody.
  const wrong = proxies.find((text) => parseNetwork(text) === null || /\/0+$/.test(text));
  if (wrong === undefined) return proxies;
  throw new ConfigError(`--trusted-proxy "${wrong}" is no IP address or network of proxies, such as 192.0.2.0/24`);
}

function openSources(options: ServeOptions): OpenServer {
  const { recording } = options;
  if (recording === undefined) return openLocal(options, { idlePauseMs });
  const source = new RecordedSource({ instance: 1, folder: recording });
  // Who else had an account on the server that was recorded, nobody knows.
  return {
    source,
    directory: { lookUp: async () => ({ verdict: 'unavailable', accounts: [] }) },
    closer: closerOfRecording(source),
    files: source,
    fileCloser: fileCloserOfRecording(source),
    shares: sharesOfRecording(source),
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

/** Nobody recorded them. */
function sharesOfRecording(source: SessionSource): ShareSource {
  const problem = { code: 'RECORDING_SESSIONS_ONLY', message: 'the shares of this server were not recorded' };
  return {
    async shares() {
      const { parts } = await source.refresh();
      return { parts: parts.map((part) => ({ ...part, takenAt: null, problems: [problem] })), shares: [] };
    },
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
