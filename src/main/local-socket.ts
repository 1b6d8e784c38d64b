import { mkdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type AppOptions, buildApp } from '../api/index.ts';
import { privileges, type TokenVerifier } from '../sessions/index.ts';
import { localActor } from './access.ts';
import { socketName } from './sources.ts';

export interface LocalSocket {
  /** Why there is none, or null. */
  readonly note: string | null;
  close(): Promise<void>;
}

/** Who reaches the socket is who owns its folder: no token. */
const anybody: TokenVerifier = {
  verify: async () => ({
    accountId: null,
    name: localActor().name,
    roles: ['Administrators'],
    privileges,
    tokenId: null,
    limits: null,
  }),
};

/**
 * Serves the same API on a socket in the run folder, for the commands on this machine. Where that can't be, the server
 * goes without: a note says why.
 */
export async function listenOnSocket(
  runFolder: string,
  options: Omit<AppOptions, 'verifier' | 'tls' | 'hosts' | 'trustedProxies' | 'isLocal'>,
): Promise<LocalSocket> {
  const path = join(runFolder, socketName);
  const none = (reason: string): LocalSocket => ({
    note: `no socket for commands on this machine: ${reason}`,
    close: async () => undefined,
  });
  try {
    mkdirSync(runFolder, { mode: 0o700 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') return none(message);
  }
  try {
    const { uid, mode } = statSync(runFolder);
    if (uid !== process.getuid!() || (mode & 0o077) !== 0) {
      return none(`${runFolder} is another's or open to others; chmod 700 it, or name another with --run-dir`);
    }
    if (await isListening(path)) return none(`another smbwho serves at ${path}`);
    rmSync(path, { force: true });
    const hosts = { names: [], anyAddress: false };
    const app = await buildApp({ ...options, verifier: anybody, tls: null, hosts, trustedProxies: [], isLocal: true });
    await app.listen({ path });
    return { note: null, close: () => app.close() };
  } catch (error) {
    return none((error as Error).message);
  }
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
