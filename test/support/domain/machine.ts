import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { letGo, Programs } from '../samba/index.ts';

const script = join(import.meta.dirname, 'machine.sh');
const folders = ['run/samba', 'var/lib/samba/private', 'var/cache/samba', 'var/log/samba/cores', 'etc/samba'];

type KeeperProcess = ChildProcessByStdio<Writable, Readable, Readable>;

export interface MachineOptions {
  readonly name: string;
  /** IPv4, for the machines of its network alone. */
  readonly address: string;
  /** Text by path, such as `/etc/hosts`: files of /etc that cover the real ones. */
  readonly files: Readonly<Record<string, string>>;
  /** Whose network it is in, and whom connections to it come from. Default: a network of its own, without a way out. */
  readonly neighbour?: Machine;
}

/**
 * A machine within this one: host name, network, Samba's folders and files of /etc are its own, all else is shared,
 * processes too. It goes with all that runs on it when it is closed, or when our process ends, even by SIGKILL.
 */
export class Machine implements AsyncDisposable {
  readonly address: string;
  /** What to put before a command line to have it run there. */
  readonly prefix: readonly string[];
  readonly programs: Programs;
  readonly #folder: string;
  readonly #keeper: KeeperProcess;

  static async start({ name, address, files, neighbour }: MachineOptions): Promise<Machine> {
    const folder = mkdtempSync(join(tmpdir(), 'smbwho-machine-'));
    // Users have to get through to the shares.
    chmodSync(folder, 0o711);
    for (const path of folders) mkdirSync(join(folder, 'files', path), { recursive: true });
    for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, 'files', path), content);
    const network =
      neighbour === undefined ? ['unshare', '--net'] : ['nsenter', `--net=${neighbour.#namespace('net')}`];
    const argv = [
      ...network,
      'unshare',
      '--mount',
      '--uts',
      '/bin/sh',
      script,
      folder,
      name,
      address,
      neighbour?.address ?? address,
    ];
    const keeper = spawn(argv[0]!, argv.slice(1), { stdio: ['pipe', 'pipe', 'pipe'], detached: true, cwd: '/' });
    const said = text(keeper.stderr).catch(String);
    keeper.stdin.on('error', () => undefined);
    const isReady = await Promise.race([
      once(keeper.stdout, 'data').then(() => true),
      once(keeper, 'exit').then(() => false),
    ]);
    if (!isReady) {
      rmSync(folder, { recursive: true });
      throw new Error(`no machine ${name}: ${(await said).trim()}`);
    }
    letGo(keeper);
    return new Machine(address, folder, keeper);
  }

  private constructor(address: string, folder: string, keeper: KeeperProcess) {
    this.address = address;
    this.#folder = folder;
    this.#keeper = keeper;
    const namespaces = { net: 'net', mount: 'mnt', uts: 'uts' };
    const flags = Object.entries(namespaces).map(([flag, kind]) => `--${flag}=${this.#namespace(kind)}`);
    this.prefix = ['nsenter', ...flags, '--', 'env', 'KRB5_CONFIG=/etc/samba/krb5.conf'];
    this.programs = new Programs(this, '/', '/usr/sbin/smbd');
  }

  /** A path of its own files, as we see it. */
  outside(path: string): string {
    return join(this.#folder, 'files', path);
  }

  /** Makes a file of its own, where there is a folder. */
  write(path: string, content: string): void {
    writeFileSync(this.outside(path), content);
  }

  /** Starts a daemon that stays in the foreground; returns its process. What it says is in a log of its name. */
  startDaemon(argv: readonly string[]): ChildProcess {
    const output = openSync(this.outside(`/var/log/samba/output.${argv[0]}`), 'a');
    const daemon = this.programs.spawn(argv, { stdio: ['ignore', output, output], detached: true });
    closeSync(output);
    daemon.unref();
    return daemon;
  }

  /** Ends all that runs on it, and removes its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#keeper.exitCode !== null || this.#keeper.signalCode !== null) return;
    this.#keeper.ref();
    this.#keeper.stdin.end();
    await once(this.#keeper, 'exit');
  }

  #namespace(kind: string): string {
    return `/proc/${this.#keeper.pid}/ns/${kind}`;
  }
}
