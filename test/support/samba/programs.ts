import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { SambaError } from './errors.ts';
import type { Keeper } from './keeper.ts';

/** Runs the programs of one release: in its root folder, and where the private accounts are known. */
export class Programs {
  /** The pids of those running now. */
  readonly running: ReadonlySet<number>;
  readonly #running = new Set<number>();
  readonly #root: string;
  readonly #prefix: readonly string[];
  readonly #env: NodeJS.ProcessEnv;

  /** `binary` is smbd, seen from within the root folder; its sister programs are looked for beside it first. */
  constructor(keeper: Pick<Keeper, 'prefix'>, root: string, binary: string) {
    const sbin = dirname(binary);
    this.running = this.#running;
    this.#root = root;
    this.#prefix = keeper.prefix;
    this.#env = {
      PATH: [sbin, join(sbin, '../bin'), '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':'),
      LC_ALL: 'C.UTF-8',
      HOME: '/nonexistent',
    };
  }

  /** The path of a file of the host, as seen from within the root folder. */
  inside(path: string): string {
    return join('/', relative(this.#root, path));
  }

  /** The path of a file within the root folder, as seen from the host. */
  outside(path: string): string {
    return join(this.#root, path);
  }

  /** Starts a program by name or by its path within the root folder. Its pid is that of the program itself. */
  spawn(argv: readonly string[], options: SpawnOptions): ChildProcess {
    const [program, ...args] = [...this.#prefix, ...argv];
    return spawn(program!, args, { cwd: '/', env: this.#env, ...options });
  }

  /**
   * Runs a program to its end and returns what it wrote to stdout.
   *
   * @throws SambaError `SAMBA_NOT_INSTALLED`, `SAMBA_COMMAND_FAILED`
   */
  async run(argv: readonly string[]): Promise<string> {
    const child = this.spawn(argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.track(child);
    const done = Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'exit')]);
    const [stdout, stderr, [status]] = await done.catch((cause: unknown) => {
      throw new SambaError('SAMBA_NOT_INSTALLED', `cannot run ${argv[0]}`, { cause });
    });
    if (status === 127) throw new SambaError('SAMBA_NOT_INSTALLED', `${argv[0]} is not installed in ${this.#root}`);
    if (status !== 0) throw new SambaError('SAMBA_COMMAND_FAILED', `${argv.join(' ')}: ${stdout}${stderr}`.trim());
    return stdout;
  }

  /** Counts a started program as one of ours, not one of smbd's, as long as it runs. */
  track(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.#running.add(pid);
    child.once('exit', () => this.#running.delete(pid));
  }
}
