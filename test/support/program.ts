import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TemporaryFolder } from './temporary.ts';

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
export const launcher = join(projectFolder, 'bin/smbwho');
const startMs = 20_000;

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/**
 * Runs the program to its end, as a shell would. Its state folder, where no other is named, goes with it.
 */
export async function runSmbwho(words: readonly string[], env: NodeJS.ProcessEnv = {}, stdin = ''): Promise<Finished> {
  using state = new TemporaryFolder();
  const child = spawn(launcher, words, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, SMBWHO_STATE_DIR: state.path, ...env },
  });
  child.stdin.end(stdin);
  const texts = [collect(child.stdout), collect(child.stderr)];
  const [code] = await once(child, 'close');
  return { stdout: texts[0]!(), stderr: texts[1]!(), code };
}

/** A process whose output is watched. */
export class Running implements AsyncDisposable {
  readonly child: ChildProcess;
  /** Its exit code, once it has ended; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  private readonly texts: (() => string)[];

  constructor(command: string, words: readonly string[], stdin: 'ignore' | 'pipe' = 'ignore') {
    // The kernel ends it with us, even where we are killed.
    const mortal = ['--pdeathsig', 'TERM', command, ...words];
    this.child = spawn('setpriv', mortal, { stdio: [stdin, 'pipe', 'pipe'], cwd: projectFolder });
    this.ended = once(this.child, 'close').then(([code]) => code);
    this.texts = [collect(this.child.stdout!), collect(this.child.stderr!)];
  }

  get output(): string {
    return this.texts.map((text) => text()).join('');
  }

  /** Waits until the output matches, from an offset on. */
  async until(pattern: RegExp, since = 0): Promise<RegExpExecArray> {
    for (const deadline = Date.now() + startMs; ; await sleep(20)) {
      const match = pattern.exec(this.output.slice(since));
      if (match !== null) return match;
      if (this.child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`no ${pattern} in what the program said:\n${this.output}`);
      }
    }
  }

  /** Ends it by a signal, and returns its exit code. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill(signal);
      await once(this.child, 'exit');
    }
    return this.child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any;
}

/** A `smbwho serve` of its own, on a free port, with its state in a folder that goes with it. */
export class Server implements AsyncDisposable {
  readonly running: Running;
  readonly url: string;
  readonly token: string;
  /** Holds `token`, `tls.crt` and, in `run`, the socket. */
  readonly stateFolder: string;

  static async start(options: readonly string[], wrapper: readonly string[] = []): Promise<Server> {
    const stateFolder = mkdtempSync(join(tmpdir(), 'smbwho-state-'));
    const folders = ['--state-dir', stateFolder, '--run-dir', join(stateFolder, 'run')];
    const words = [...wrapper, launcher, 'serve', '--listen', '127.0.0.1:0', ...folders, ...options];
    const running = new Running(words[0]!, words.slice(1));
    try {
      const [, url] = await running.until(/serving (https:\S+),/);
      return new Server(running, url!, stateFolder);
    } catch (error) {
      await running.end();
      rmSync(stateFolder, { recursive: true });
      throw error;
    }
  }

  private constructor(running: Running, url: string, stateFolder: string) {
    this.running = running;
    this.url = url;
    this.stateFolder = stateFolder;
    this.token = readFileSync(join(stateFolder, 'token'), 'utf8').trim();
  }

  get(path: string, token = this.token): Promise<Reply> {
    return getJson(this.url + path, token);
  }

  post(path: string, body: unknown, token = this.token): Promise<Reply> {
    return postJson(this.url + path, token, body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.running.end();
    rmSync(this.stateFolder, { recursive: true, force: true });
  }
}

/** A GET over TLS without a look at the certificate. */
export function getJson(url: string, token: string): Promise<Reply> {
  return askJson(url, token);
}

export function postJson(url: string, token: string, body: unknown): Promise<Reply> {
  return askJson(url, token, JSON.stringify(body));
}

function askJson(url: string, token: string, body?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const method = body === undefined ? 'GET' : 'POST';
    request(url, { method, headers, rejectUnauthorized: false, agent: false }, (response) => {
      const text = collect(response);
      response.on('end', () => resolve({ status: response.statusCode!, body: JSON.parse(text()) }));
    })
      .on('error', reject)
      .end(body);
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
  return () => Buffer.concat(chunks).toString();
}
