import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './accounts.ts';
import { Daemon } from './daemon.ts';
import { SambaError } from './errors.ts';
import type { PrivateSambaOptions } from './options.ts';
import { isAlive, signalProcess } from './processes.ts';
import { type Setup, setUp } from './setup.ts';
import { Smbclient, type SmbclientOptions, smbclientArguments } from './smbclient.ts';
import { parseSmbstatus, type Smbstatus } from './smbstatus.ts';
import { parseTdbdump, type TdbRecord } from './tdbdump.ts';

/**
 * A real Samba of its own: own folder, own port on loopback, own users. Nothing of it stays behind, not even when our
 * process is killed. It needs root, and for users of its own the right to make mount namespaces.
 *
 * @example
 * await using samba = await PrivateSamba.start();
 * await using client = await samba.smbclient({ share: 'public', user: 'alice' });
 * const { sessions } = await samba.smbstatus();
 */
export class PrivateSamba {
  /** Always `127.0.0.1`; `addresses` has them all. */
  readonly host: string = '127.0.0.1';
  readonly addresses: readonly string[];
  readonly port: number;
  /** Samba's version, e.g. `4.17.12-Debian`. */
  readonly release: string;
  /** The root folder that smbd is confined to; `/` for none. */
  readonly root: string;
  /** The private folder, as seen from the host. */
  readonly directory: string;
  /** The configuration file, as seen from the host. */
  readonly smbConf: string;
  /** Where the session files are, as seen from the host. */
  readonly lockDirectory: string;
  /** Who can log in, in the order asked for. */
  readonly users: readonly Account[];
  /** Share name to folder, as seen from the host. */
  readonly shares: ReadonlyMap<string, string>;
  /** Whether the users are its own. If not (no right to make a mount namespace), accounts of the root folder stand in. */
  readonly hasPrivateAccounts: boolean;
  readonly #setup: Setup;
  readonly #daemon: Daemon;
  #isStopped = false;

  /**
   * Starts smbd and returns once it listens.
   *
   * @throws SambaError `SAMBA_NEEDS_ROOT`, `SAMBA_NOT_INSTALLED`, `SAMBA_BAD_OPTION`, `SAMBA_START_FAILED`
   */
  static async start(options: PrivateSambaOptions = {}): Promise<PrivateSamba> {
    const samba = new PrivateSamba(await setUp(options));
    try {
      await samba.#daemon.start();
      return samba;
    } catch (error) {
      await samba.stop();
      throw error;
    }
  }

  private constructor(setup: Setup) {
    this.#setup = setup;
    this.#daemon = new Daemon(setup);
    this.addresses = setup.addresses;
    this.port = setup.port;
    this.release = setup.release;
    this.root = setup.root;
    this.directory = setup.directory;
    this.smbConf = setup.smbConf;
    this.lockDirectory = setup.lockDirectory;
    this.users = setup.users;
    this.shares = setup.shares;
    this.hasPrivateAccounts = setup.keeper.isPrivate;
  }

  /** The pid of the parent smbd; `undefined` while it does not run. */
  get pid(): number | undefined {
    return this.#daemon.pid;
  }

  /** Where the sockets named after smbd's pids are, as seen from the host; it depends on the release. */
  get messageDirectory(): string {
    const inLock = join(this.lockDirectory, 'msg.sock');
    return existsSync(inLock) ? inLock : join(this.directory, 'private', 'msg.sock');
  }

  /** The pids of the smbd processes beside the parent: one per connection, and Samba's own helpers. */
  children(): readonly number[] {
    return this.#daemon.children();
  }

  /** The user that was asked for by this name. */
  user(requestedName: string): Account {
    const user = this.users.find((account) => account.requestedName === requestedName);
    if (user === undefined) throw new SambaError('SAMBA_BAD_OPTION', `there is no user ${requestedName}`);
    return user;
  }

  /** Ends smbd in its own way and starts it again; users, shares, port and folder stay. Also starts it after `kill`. */
  async restart(): Promise<void> {
    this.#checkUsable();
    await this.#daemon.stop();
    await this.#daemon.start();
  }

  /** Ends all of smbd by SIGKILL; its files stay as they are until `restart` or `stop`. */
  async kill(): Promise<void> {
    await this.#daemon.kill();
  }

  /** Sends a signal to the parent smbd or one of its children, e.g. `SIGSTOP`. No error if that has ended already. */
  signal(pid: number, signal: NodeJS.Signals): void {
    const isOurs = this.#daemon.processes().includes(pid);
    if (!isOurs && isAlive(pid)) throw new SambaError('SAMBA_BAD_OPTION', `${pid} is not of this smbd`);
    if (isOurs) signalProcess(pid, signal);
  }

  /** Ends smbd and everything that `command` and `smbclient` started, and removes the folder. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#daemon.stop();
    await this.#setup.keeper.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /**
   * Runs any program of this release, in its root folder, and returns its stdout. Paths in `argv` are those within the
   * root folder, see `inside`.
   *
   * @throws SambaError `SAMBA_NOT_INSTALLED`, `SAMBA_COMMAND_FAILED`
   */
  async command(argv: readonly string[]): Promise<string> {
    this.#checkUsable();
    return this.#setup.programs.run(argv);
  }

  /** The path of a file of the host, as seen from within the root folder. */
  inside(path: string): string {
    return this.#setup.programs.inside(path);
  }

  /** Opens a session with this release's smbclient and holds it. */
  async smbclient(options: SmbclientOptions): Promise<Smbclient> {
    this.#checkUsable();
    const { user, ...rest } = options;
    const credentials = typeof user === 'string' ? this.user(user) : user;
    const server = { port: this.port, conf: this.inside(this.#setup.clientConf) };
    return Smbclient.open(this.#setup.programs, smbclientArguments(rest, credentials, server));
  }

  /**
   * What `smbstatus --json` of this release says.
   *
   * @throws SambaError `SAMBA_NO_JSON` before Samba 4.17
   */
  async smbstatus(): Promise<Smbstatus> {
    const [major = 0, minor = 0] = this.release.split('.').map(Number.parseFloat);
    if (major < 4 || (major === 4 && minor < 17)) {
      throw new SambaError('SAMBA_NO_JSON', `smbstatus ${this.release} has no --json, use smbstatusText`);
    }
    return parseSmbstatus(await this.smbstatusText('--json'));
  }

  /** What smbstatus prints, with any arguments. */
  async smbstatusText(...args: string[]): Promise<string> {
    return this.command(['smbstatus', '-s', this.inside(this.smbConf), ...args]);
  }

  /** The records of a TDB file, read by tdbdump; `file` is a host path, or a name in the lock directory. */
  async tdbdump(file: string): Promise<readonly TdbRecord[]> {
    const path = file.startsWith('/') ? file : join(this.lockDirectory, file);
    return parseTdbdump(await this.command(['tdbdump', this.inside(path)]));
  }

  #checkUsable(): void {
    if (this.#isStopped) throw new SambaError('SAMBA_STOPPED', 'this Samba has been stopped');
  }
}
