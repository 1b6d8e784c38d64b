import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { SambaError } from './errors.ts';
import { letGo } from './processes.ts';

const SCRIPT = join(import.meta.dirname, 'keeper.sh');

type KeeperProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * A small process beside us that holds a private mount namespace open, and clears everything away when we end.
 * It learns of our end by its stdin, so it does so after SIGKILL too.
 */
export class Keeper {
  /** Whether there is a mount namespace, and so the files of `<folder>/etc` cover those of the root folder. */
  readonly isPrivate: boolean;
  /** Whether there is a pid namespace; what is started in it is then the child of what `prefix` starts. */
  readonly ownPids: boolean;
  /** What to put before a command line to have it run in the namespace and the root folder. */
  readonly prefix: readonly string[];
  readonly #process: KeeperProcess;

  /**
   * `folder` is seen from the host, `inside` is the same one as seen from within the root folder. With `ownPids` the
   * keeper is the first process of a pid namespace.
   */
  static async start(root: string, folder: string, inside: string, ownPids = false): Promise<Keeper> {
    const args = [root, folder, inside];
    const pids = ownPids ? ['--pid', '--fork', '--mount-proc'] : [];
    const attempt = await launch(['unshare', '--mount', ...pids, '/bin/sh', SCRIPT, 'private', ...args]);
    if (attempt.process) return new Keeper(attempt.process, root, { isPrivate: true, ownPids });
    const isForbidden = /not permitted|denied|ENOENT|propagation/i.test(attempt.reason);
    if (!isForbidden || ownPids) throw notReady(attempt.reason);

    const fallback = await launch(['/bin/sh', SCRIPT, 'shared', ...args]);
    if (fallback.process) return new Keeper(fallback.process, root, { isPrivate: false, ownPids });
    throw notReady(fallback.reason);
  }

  private constructor(
    process: KeeperProcess,
    root: string,
    { isPrivate, ownPids }: Pick<Keeper, 'isPrivate' | 'ownPids'>,
  ) {
    this.#process = process;
    this.isPrivate = isPrivate;
    this.ownPids = ownPids;
    // Its root too: nsenter alone would put us at the root of the mounts, not of the folder that we are confined to.
    const place = `/proc/${process.pid}`;
    const enterMounts = ['nsenter', `--mount=${place}/ns/mnt`, `--root=${place}/root`];
    // It stays to wait for what it started, and stops when that is stopped: nobody would wake it once we are gone.
    const enterPids = ['setpriv', '--pdeathsig', 'KILL', ...enterMounts, `--pid=${place}/ns/pid_for_children`];
    const enter = isPrivate ? [...(ownPids ? enterPids : enterMounts), '--'] : [];
    this.prefix = root === '/' ? enter : [...enter, 'chroot', root];
  }

  /** Ends all that is left, removes the folder, and returns when both is done. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.ref();
    this.#process.stdin.end();
    await once(this.#process, 'exit');
  }
}

async function launch(argv: readonly string[]): Promise<{ process?: KeeperProcess; reason: string }> {
  const child = spawn(argv[0]!, argv.slice(1), { stdio: ['pipe', 'pipe', 'pipe'], detached: true, cwd: '/' });
  const said = text(child.stderr).catch(String);
  child.stdin.on('error', () => {});
  const ready = once(child.stdout, 'data').then(() => undefined);
  const ended = once(child, 'exit').then(() => said, String);
  const reason = await Promise.race([ready, ended]);
  if (reason !== undefined) return { reason };
  // A forgotten instance must not keep our process from ending: the keeper clears up after it.
  letGo(child);
  return { process: child, reason: '' };
}

function notReady(reason: string): SambaError {
  return new SambaError('SAMBA_START_FAILED', `could not set up a private root: ${reason.trim()}`);
}
