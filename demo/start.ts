import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalSource } from '../src/live/index.ts';
import { locateInstance } from '../src/samba/conf/index.ts';
import { PrivateSamba } from '../test/support/samba/index.ts';
import { demoServer, inviteVisitors } from './visitors.ts';

/** `npm start`: serves the Samba that runs here, or else a private one with visitors; `npm start -- --demo` always that. */
const launcher = fileURLToPath(new URL('../bin/smbwho', import.meta.url));
const firstPort = 8000;
const isRoot = process.getuid?.() === 0;

await using stack = new AsyncDisposableStack();
const reason = process.argv.includes('--demo') ? '--demo was asked for' : await whyUnreadable();
if (reason === null) {
  console.log('smbwho: serving the Samba that runs on this machine');
  const stateFolder = isRoot ? '/var/lib/smbwho' : join(homedir(), '.local/state/smbwho');
  mkdirSync(dirname(stateFolder), { recursive: true });
  await serve([], stateFolder);
} else if (isRoot && existsSync('/usr/sbin/smbd')) {
  console.log(`smbwho: no Samba to serve here (${reason})`);
  console.log('smbwho: starting a private Samba of its own on loopback, with visitors');
  const samba = await PrivateSamba.start(demoServer);
  stack.use(samba);
  stack.use(await inviteVisitors(samba));
  const stateFolder = mkdtempSync(join(tmpdir(), 'smbwho-demo-'));
  stack.defer(() => rmSync(stateFolder, { recursive: true, force: true }));
  await serve(['--smb-conf', samba.smbConf], stateFolder);
} else {
  console.error(`smbwho: no Samba to serve here: ${reason}`);
  console.error(
    'smbwho: for a private one with visitors: install smbd (Debian: apt-get install samba) and start as root',
  );
  process.exitCode = 6;
}

/** Why the Samba of this machine can't be read, or null where it can. */
async function whyUnreadable(): Promise<string | null> {
  using source = new LocalSource({ instance: 1, locate: () => locateInstance() });
  const { parts } = await source.refresh();
  return parts[0]!.takenAt === null ? parts[0]!.problems.map(({ message }) => message).join('; ') : null;
}

/** Runs the real program until Ctrl-C, as an admin would. */
async function serve(options: readonly string[], stateFolder: string): Promise<void> {
  const port = await freePort(firstPort);
  const words = ['serve', ...options, '--listen', `127.0.0.1:${port}`, '--state-dir', stateFolder];
  const child = spawn(launcher, words, { stdio: ['ignore', 'inherit', 'pipe'] });
  // Both get the terminal's Ctrl-C; this one waits for the other and clears up.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGTERM'));
  child.stderr.pipe(process.stderr, { end: false });
  child.stderr.setEncoding('utf8').once('data', () => announce(port, stateFolder));
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 0;
}

function announce(port: number, stateFolder: string): void {
  const token = readFileSync(join(stateFolder, 'token'), 'utf8').trim();
  const url = `https://127.0.0.1:${port}`;
  console.log(`
  URL    ${url}
  Token  ${token}

  curl -k -H 'Authorization: Bearer ${token}' ${url}/v1/smb/sessions/

  Ctrl-C ends it.
`);
}

async function freePort(from: number): Promise<number> {
  for (let port = from; port < from + 100; port++) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
  throw new Error(`no port from ${from} to ${from + 99} is free`);
}
