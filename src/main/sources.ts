import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditCloses, auditFileCloses, auditFilePlans, auditPlans } from '../access/index.ts';
import type { OpenSource, SourceOptions } from '../cli/index.ts';
import {
  RemoteFileSource,
  RemoteSource,
  remoteCloser,
  remoteDirectory,
  remoteFileCloser,
  type ServerAddress,
} from '../client/index.ts';
import {
  ConfigError,
  type FallbackValues,
  type InstanceOption,
  isLoopback,
  parseFallback,
  parseInstances,
} from '../config/index.ts';
import {
  createCloser,
  createFileCloser,
  FallbackSource,
  LocalFileSource,
  LocalShareSource,
  type LocalSourceOptions,
  LocalUserDirectory,
  mergeDirectories,
  mergeFiles,
  mergeShares,
  mergeSources,
} from '../live/index.ts';
import { locateInstance } from '../samba/conf/index.ts';
import type { ShareSource } from '../sessions/index.ts';
import { localActor } from './access.ts';
import { localLog } from './local-record.ts';

/** Name of the socket in the run folder. */
export const socketName = 'smbwho.sock';

/**
 * Where a command gets its sessions and open files from: the server that `--server` names; the Samba that `--smb-conf` names; else the
 * smbwho that runs on this machine, where there is one; else the Samba that runs here. What it then closes is recorded in
 * the state folder, which is what a server does by itself.
 *
 * @throws ConfigError
 */
export async function openSource(options: SourceOptions): Promise<OpenSource> {
  if (options.server !== undefined) return openRemote(remoteAddress(options.server, options));
  const socketPath = join(options.runDir, socketName);
  if (options.smbConf === undefined && existsSync(socketPath)) {
    const remote = openRemote({ socketPath });
    const { parts } = await remote.source.refresh();
    // A socket that nobody listens at was left by a server that was killed.
    if (parts.every(({ problems }) => problems.every(({ code }) => code !== 'SERVER_UNREACHABLE'))) return remote;
  }
  const local = openLocal(options);
  const log = localLog(options.stateDir);
  const actor = localActor();
  return {
    ...local,
    closer: auditPlans(auditCloses(local.closer, log, actor), log, actor),
    fileCloser: auditFilePlans(auditFileCloses(local.fileCloser, log, actor), log, actor),
    [Symbol.dispose]: () => {
      log[Symbol.dispose]();
      local[Symbol.dispose]();
    },
  };
}

/** What there is to serve. */
export interface OpenServer extends OpenSource {
  readonly shares: ShareSource;
}

/**
 * The Samba servers of this machine as one source.
 *
 * @param watching for who lists more than once: idle times, then, are looked at all the while
 * @throws ConfigError
 */
export function openLocal(
  words: FallbackValues & { readonly smbConf?: readonly string[] },
  watching: { readonly idlePauseMs?: number } = {},
): OpenServer {
  const fallback = parseFallback(words);
  const options = parseInstances(words.smbConf ?? []).map(toLocalOptions);
  const sources = options.map((option) => new FallbackSource({ ...option, ...watching, fallback }));
  const servers = options.map(({ instance }, i) => {
    const source = sources[i]!;
    return { instance, source, files: new LocalFileSource({ instance, source: source.local }) };
  });
  const directories = options.map((option) => new LocalUserDirectory(option));
  return {
    source: mergeSources(sources),
    directory: mergeDirectories(directories),
    closer: createCloser(servers),
    files: mergeFiles(servers.map(({ files }) => files)),
    fileCloser: createFileCloser(servers),
    shares: mergeShares(options.map((option, i) => new LocalShareSource({ ...option, directory: directories[i]! }))),
    [Symbol.dispose]: () => {
      for (const source of sources) source[Symbol.dispose]();
    },
  };
}

export function toLocalOptions({ instance, smbConf }: InstanceOption): LocalSourceOptions {
  return { instance, locate: () => locateInstance(smbConf ?? undefined) };
}

function openRemote(address: ServerAddress): OpenSource {
  return {
    source: new RemoteSource(address),
    directory: remoteDirectory(address),
    closer: remoteCloser(address),
    files: new RemoteFileSource(address),
    fileCloser: remoteFileCloser(address),
    [Symbol.dispose]: () => undefined,
  };
}

function remoteAddress(server: string, { tokenFile, ca, fingerprint, allowPlainHttp }: SourceOptions): ServerAddress {
  const url = URL.parse(server);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new ConfigError(`--server "${server}" is no address; it must be https://HOST:PORT`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname.replace(/^\[|\]$/g, '')) && !allowPlainHttp) {
    throw new ConfigError(
      `--server "${server}": the token could be read on the way; name it https://, or give --allow-plain-http`,
    );
  }
  if (tokenFile === undefined) throw new ConfigError('--server needs --token-file: the server asks who you are');
  return {
    url,
    token: readText(tokenFile).trim(),
    ca: ca === undefined ? null : readText(ca),
    fingerprint: fingerprint ?? null,
  };
}

/**
 * The text of a file; of stdin for `-`.
 *
 * @throws ConfigError
 */
export function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new ConfigError(`${path} can't be read: ${(error as Error).message}`);
  }
}
