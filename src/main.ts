import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureCertificate, ensureToken, verifyOneToken } from './access/index.ts';
import { buildApp } from './api/index.ts';
import { type CliContext, runCommand, type ServeOptions } from './cli/index.ts';
import { ConfigError, isLoopback, parseListenAddress, readConfigFile } from './config/index.ts';
import { LocalSource, localUserDirectory, shareRefreshes } from './live/index.ts';
import { locateInstance } from './samba/conf/index.ts';

const configPath = '/etc/smbwho/smbwho.yaml';

/** Where the program was started from; the composition root reads argv and environment, nothing else does. */
async function main(): Promise<void> {
  const { SMBWHO_CONFIG } = process.env;
  const { version, date } = readBuild();
  const context: CliContext = {
    version,
    config: {},
    openSource: (smbConf) => new LocalSource({ instance: 1, locate: () => locateInstance(smbConf) }),
    serve: (options) => serve(options, { version, date }),
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    exit: (code) => {
      process.exitCode = code;
    },
  };
  try {
    const config = readConfigFile(SMBWHO_CONFIG ?? configPath, SMBWHO_CONFIG === undefined);
    await runCommand(process.argv.slice(2), { ...context, config });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    context.stderr(`smbwho: ${error.code}: ${error.message}\n`);
    context.exit(2);
  }
}

async function serve(options: ServeOptions, build: { version: string; date: string }) {
  const { host, port } = parseListenAddress(options.listen);
  const isPlain = options.tls === 'off';
  if (isPlain && !isLoopback(host)) {
    throw new ConfigError(`plain HTTP (--tls off) is for loopback only, not for ${host}`);
  }
  const token = ensureToken(options.stateDir);
  const locate = () => locateInstance(options.smbConf);
  const source = new LocalSource({ instance: 1, locate });
  const app = await buildApp({
    source: shareRefreshes(source),
    directory: localUserDirectory(locate),
    verifier: verifyOneToken(token),
    tls: isPlain ? null : await ensureCertificate(options.stateDir),
    logger: { level: 'warn', stream: process.stderr },
    build,
  });
  let url: string;
  try {
    url = await app.listen({ host, port });
  } catch (error) {
    throw explainListen(error as NodeJS.ErrnoException, options.listen);
  }
  const stop = async () => {
    await app.close();
    source[Symbol.dispose]();
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  return { url, tokenPath: join(options.stateDir, 'token') };
}

function explainListen(error: NodeJS.ErrnoException, listen: string): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program listens there; name another port with --listen',
    EACCES: 'ports below 1024 are for root; name another with --listen',
    EADDRNOTAVAIL: 'this machine has no such address; name another with --listen',
    ENOTFOUND: 'the host name is not known; name an address with --listen',
  };
  const reason = reasons[error.code ?? ''];
  return reason === undefined
    ? error
    : Object.assign(new Error(`can't listen on ${listen}: ${reason}`), { code: 'LISTEN_FAILED' });
}

function readBuild(): { version: string; date: string } {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version, releaseDate } = JSON.parse(text);
  return { version, date: releaseDate };
}

await main();
