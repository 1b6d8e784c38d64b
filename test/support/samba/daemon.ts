import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SambaError } from './errors.ts';
import type { Keeper } from './keeper.ts';
import { countListeners } from './port.ts';
import { childrenOf, isAlive, mentioning, sessionMembers, signalProcess } from './processes.ts';
import type { Programs } from './programs.ts';

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 3_000;
const POLL_MS = 10;

/** What it takes to run smbd; paths are seen from the host. */
export interface DaemonOptions {
  readonly programs: Programs;
  readonly root: string;
  readonly binary: string;
  readonly smbConf: string;
  readonly directory: string;
  readonly port: number;
  readonly addresses: readonly string[];
  readonly keeper: Pick<Keeper, 'ownPids'>;
}

/** The smbd process and what it starts. */
export class Daemon {
  readonly #options: DaemonOptions;
  #process: ChildProcess | undefined;

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  /** The parent smbd; `undefined` while none runs. */
  get pid(): number | undefined {
    const started = this.#process?.pid;
    const isRunning = this.#process?.exitCode === null && this.#process.signalCode === null;
    if (started === undefined || !isRunning) return undefined;
    const pid = this.#options.keeper.ownPids ? childrenOf(started)[0] : started;
    return pid !== undefined && isAlive(pid) ? pid : undefined;
  }

  /** The living smbd processes beside the parent: one per connection, and Samba's own helpers. */
  children(): number[] {
    const parent = this.pid;
    return this.#members().filter((pid) => pid !== this.#process?.pid && pid !== parent);
  }

  /** Every living process of this server, with what waits for it, and with those that went into a session of their own (`samba-dcerpcd` does). */
  processes(): number[] {
    const { programs, smbConf, root } = this.#options;
    const strays = mentioning(programs.inside(smbConf), root).filter((pid) => !programs.running.has(pid));
    return [...new Set([...(this.pid === undefined ? [] : [this.pid]), ...this.#members(), ...strays])];
  }

  /** Returns when smbd listens on all of its addresses. */
  async start(): Promise<void> {
    const { port, addresses } = this.#options;
    if ((await countListeners(port)) > 0) throw new SambaError('SAMBA_START_FAILED', `port ${port} is taken`);
    const child = this.#launch();
    let failure: Error | undefined;
    child.once('error', (error) => {
      failure = error;
    });
    const deadline = performance.now() + START_TIMEOUT_MS;
    while ((await countListeners(port)) < addresses.length) {
      const isOver = child.exitCode !== null || child.signalCode !== null || failure !== undefined;
      if (isOver || performance.now() > deadline) {
        await this.kill();
        throw await this.#startFailure(isOver ? 'smbd ended while starting' : 'smbd did not listen in time', failure);
      }
      await sleep(POLL_MS);
    }
    child.unref();
  }

  /** Ends smbd in its own way, by SIGTERM, and what is left of it after 3 s by SIGKILL. */
  async stop(): Promise<void> {
    const all = this.processes();
    for (const pid of all) {
      signalProcess(pid, 'SIGTERM');
      // A stopped process would never see its SIGTERM.
      signalProcess(pid, 'SIGCONT');
    }
    const deadline = performance.now() + STOP_TIMEOUT_MS;
    while (all.some(isAlive) && performance.now() < deadline) await sleep(POLL_MS);
    await this.kill();
  }

  /** Ends every process of this server at once by SIGKILL, as a power cut would. */
  async kill(): Promise<void> {
    for (let left = this.processes(); left.length > 0; left = this.processes()) {
      for (const pid of left) signalProcess(pid, 'SIGKILL');
      await sleep(POLL_MS);
    }
  }

  /** The living processes of the session that the server runs in. */
  #members(): number[] {
    const leader = this.#process?.pid;
    return leader === undefined ? [] : sessionMembers(leader);
  }

  #launch(): ChildProcess {
    const { programs, binary, smbConf } = this.#options;
    const logFolder = this.#logFolder();
    const output = openSync(join(logFolder, 'output'), 'a');
    const conf = programs.inside(smbConf);
    const argv = [binary, '-F', '--no-process-group', '-s', conf, '-l', programs.inside(logFolder)];
    // Detached gives it a session of its own. No pipe as stdin: smbd takes a socket there for a client from inetd.
    this.#process = programs.spawn(argv, { stdio: ['ignore', output, output], detached: true });
    closeSync(output);
    return this.#process;
  }

  #logFolder(): string {
    return join(this.#options.directory, 'log');
  }

  async #startFailure(what: string, cause: unknown): Promise<SambaError> {
    const logs = ['output', 'log.smbd'].map((name) => readFile(join(this.#logFolder(), name), 'utf8').catch(() => ''));
    const lines = (await Promise.all(logs)).join('').trim().split('\n').slice(-12);
    return new SambaError('SAMBA_START_FAILED', `${what}:\n${lines.join('\n')}`, { cause });
  }
}
