import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { SambaError } from './errors.ts';
import { letGo } from './processes.ts';
import type { Programs } from './programs.ts';

/** A session to open with the real smbclient. */
export interface SmbclientOptions {
  /** The share to connect to. */
  readonly share: string;
  /** A user of the instance by name, or anybody by name and password. Default: anonymous. */
  readonly user?: string | { readonly name: string; readonly password: string };
  /** Where to connect to. Default: `127.0.0.1`. */
  readonly host?: string;
  /** The only protocol to speak, e.g. `SMB3_11`, `SMB2_02` or `NT1`. Default: what both sides like best. */
  readonly protocol?: string;
  /** More arguments for smbclient. Default: none. */
  readonly args?: readonly string[];
}

const TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 3_000;
const POLL_MS = 5;
const POKE_EVERY = 10;

/** A running smbclient with its session open. */
export class Smbclient {
  readonly #process: ChildProcess;
  readonly #closed: Promise<unknown>;
  #output = '';
  #marks = 0;

  /** Returns once the session and the share are connected; `argv` is the whole command line. */
  static async open(programs: Programs, argv: readonly string[]): Promise<Smbclient> {
    const child = programs.spawn(argv, { stdio: ['pipe', 'pipe', 'pipe'] });
    programs.track(child);
    const client = new Smbclient(child);
    await client.#untilMarked();
    letGo(child);
    return client;
  }

  private constructor(process: ChildProcess) {
    this.#process = process;
    for (const stream of [process.stdout!, process.stderr!]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        this.#output += chunk;
      });
    }
    process.on('error', (error) => {
      this.#output += String(error);
    });
    process.stdin!.on('error', () => {});
    this.#closed = new Promise((resolve) => process.once('close', resolve));
  }

  /** The pid of smbclient. */
  get pid(): number {
    return this.#process.pid!;
  }

  /** Whether smbclient runs. A lost connection is noticed only after some seconds, or by the next command. */
  get isOpen(): boolean {
    return this.#process.pid !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /**
   * Runs one smbclient command, e.g. `ls` or `open "a file.txt"`, and returns what it said; errors of the command itself
   * (`NT_STATUS_...`) are part of that.
   *
   * @throws SambaError `SAMBA_CLIENT_FAILED` when smbclient has ended, or says nothing for 30 s
   */
  async run(command: string): Promise<string> {
    this.#process.stdin!.write(`${command}\n`);
    await sleep(2 * POLL_MS);
    return this.#untilMarked();
  }

  /** Logs off and waits for the end. */
  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.#process.stdin!.end();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
    await this.#closed;
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * smbclient shows no prompt to a pipe, so a command that it does not know marks the end of the one before. When two
   * lines reach it at once, it overlooks the second until more comes: hence the empty lines.
   */
  async #untilMarked(): Promise<string> {
    this.#marks += 1;
    const mark = `mark-${this.#marks}`;
    const answer = `${mark}: command not found\n`;
    this.#process.stdin!.write(`${mark}\n`);
    const deadline = performance.now() + TIMEOUT_MS;
    for (let polls = 1; !this.#output.includes(answer); polls += 1) {
      if (!this.isOpen || performance.now() > deadline) await this.#fail();
      if (polls % POKE_EVERY === 0) this.#process.stdin!.write('\n');
      await sleep(POLL_MS);
    }
    const end = this.#output.indexOf(answer);
    const said = this.#output.slice(0, end);
    this.#output = this.#output.slice(end + answer.length);
    return said;
  }

  async #fail(): Promise<never> {
    await this.close();
    await this.#closed;
    throw new SambaError('SAMBA_CLIENT_FAILED', `smbclient: ${this.#output.trim()}`);
  }
}

/** The command line of smbclient; `-E` has it write to stderr, since it would hold back what it writes to a pipe. */
export function smbclientArguments(
  options: Omit<SmbclientOptions, 'user'>,
  credentials: { readonly name: string; readonly password: string } | undefined,
  server: { readonly port: number; readonly conf: string },
): readonly string[] {
  const { share, host = '127.0.0.1', protocol, args = [] } = options;
  return [
    'smbclient',
    `//${host}/${share}`,
    '-E',
    ...['-s', server.conf, '-p', String(server.port)],
    ...(credentials ? ['-U', `${credentials.name}%${credentials.password}`] : ['-N']),
    ...(protocol ? ['-m', protocol] : []),
    ...args,
  ];
}
