import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from './programs.ts';

const launcher = fileURLToPath(new URL('../bin/smbwho', import.meta.url));
const leash = fileURLToPath(new URL('leash.sh', import.meta.url));
const firstPort = 8000;
const lastPort = 8999;

/** Where the program keeps token and certificate, and the socket for commands on this machine. */
export interface Folders {
  readonly state: string;
  /** Null for the program's own. */
  readonly run: string | null;
  /** Whether they go when the program ends. */
  readonly areTemporary: boolean;
}

/** Folders for a server that leaves nothing behind. */
export function temporaryFolders(): Folders {
  const state = mkdtempSync(join(tmpdir(), 'smbwho-demo-'));
  return { state, run: join(state, 'run'), areTemporary: true };
}

/** Folders for a server of this machine's Samba, which its next start finds again. */
export function lastingFolders(isRoot: boolean, home: string, stateHome: string | undefined): Folders {
  if (isRoot) return { state: '/var/lib/smbwho', run: null, areTemporary: false };
  const state = join(stateHome || join(home, '.local/state'), 'smbwho');
  mkdirSync(dirname(state), { recursive: true });
  return { state, run: join(state, 'run'), areTemporary: false };
}

/**
 * Runs the real program on the next free port, as an admin would, until it ends or the signal is given; it also ends when
 * this process does.
 *
 * @returns its exit code
 */
export async function serveProgram(words: readonly string[], folders: Folders, signal: AbortSignal): Promise<number> {
  const port = await freePort();
  const options = ['--listen', `127.0.0.1:${port}`, '--state-dir', folders.state];
  if (folders.run !== null) options.push('--run-dir', folders.run);
  const program = [launcher, 'serve', ...words, ...options];
  const child = spawn('/bin/sh', [leash, folders.areTemporary ? folders.state : '', ...program], {
    stdio: ['pipe', 'inherit', 'pipe'],
  });
  child.stdin.on('error', () => {});
  const stop = () => child.stdin.end();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  let said = '';
  let isAnnounced = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text);
    said += text;
    if (isAnnounced || !/serving https:/.test(said)) return;
    isAnnounced = true;
    announce(`https://127.0.0.1:${port}`, folders);
  });
  const [code] = await once(child, 'close');
  signal.removeEventListener('abort', stop);
  return code ?? 1;
}

function announce(url: string, { state, run }: Folders): void {
  const token = readToken(join(state, 'token'));
  if (token === null) {
    // It was revoked: others are in the hands of those who have them.
    const make = `bin/smbwho token create --state-dir ${state}`;
    console.log(['', `URL    ${url}`, '', `for a token: ${make}`, '', 'Ctrl-C ends it.', ''].join('\n  '));
    return;
  }
  const header = `Authorization: Bearer ${token}`;
  const sessions = `${url}/v1/smb/sessions/`;
  const lines = [`curl -k -H '${header}' ${sessions}`];
  if (findProgram('curl') === null) {
    const wget = `wget -q -O - --no-check-certificate --header='${header}' ${sessions}`;
    const fetch = `fetch('${sessions}',{headers:{authorization:'Bearer ${token}'}}).then(r=>r.text()).then(console.log)`;
    lines.push('', 'or, as there is no curl here:', '');
    lines.push(findProgram('wget') === null ? `NODE_TLS_REJECT_UNAUTHORIZED=0 node -e "${fetch}"` : wget);
  }
  lines.push(run === null ? 'bin/smbwho list' : `bin/smbwho list --run-dir ${run}`);
  console.log(['', `URL    ${url}`, `Token  ${token}`, '', ...lines, '', 'Ctrl-C ends it.', ''].join('\n  '));
}

/** The first token of a state folder; null where it is there no more. */
function readToken(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function freePort(): Promise<number> {
  for (let port = firstPort; port <= lastPort; port++) if (await isFree(port)) return port;
  throw new Error(`no port from ${firstPort} to ${lastPort} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isOurs = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  await new Promise((resolve) => server.close(resolve));
  return isOurs;
}
