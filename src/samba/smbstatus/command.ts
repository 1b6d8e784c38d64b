import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { programBeside, type SambaInstance, smbConfOf } from '../conf/index.ts';
import { SmbstatusError } from './error.ts';

/**
 * The command line that asks a running server for its sessions: the smbstatus of that server's own release, with its own
 * configuration, in its root folder and mounts.
 *
 * @throws SmbstatusError SMBSTATUS_UNAVAILABLE
 */
export function smbstatusCommand({ pid, root }: SambaInstance): readonly string[] {
  if (pid === null) {
    const message = 'no smbd was found whose smbstatus could be asked; it takes root to find one, and it must run';
    throw new SmbstatusError('SMBSTATUS_UNAVAILABLE', message);
  }
  requireTrust(pid, root);
  const enter = root === '' ? [] : ['nsenter', `--mount=/proc/${pid}/ns/mnt`, `--root=/proc/${pid}/root`, '--'];
  const program = programBeside(pid, 'smbstatus') ?? 'smbstatus';
  const conf = smbConfOf(pid);
  const configuration = conf === undefined ? [] : ['-s', join('/', conf)];
  // Where it meets its limit it may crash, and Debian's panic action would mail root a backtrace each time.
  return [...enter, program, ...configuration, '--option=panic action=', '--json'];
}

/**
 * Its smbstatus will run with our rights: it must be root's, and where its files are not ours, as in a container, have
 * every right already that we have. Else whoever rules in there would get ours.
 *
 * @throws SmbstatusError SMBSTATUS_UNAVAILABLE
 */
function requireTrust(pid: number, root: string): void {
  const [own, other] = [rightsOf('self'), rightsOf(String(pid))];
  const isRoots = other?.isRoots === true && own?.userNamespace === other.userNamespace;
  const isAsMighty = isRoots && (root === '' || (own.capabilities & ~other.capabilities) === 0n);
  if (isAsMighty) return;
  const message = `smbd ${pid} has fewer rights than smbwho, as in a container, so that its smbstatus is not run; run smbwho in there`;
  throw new SmbstatusError('SMBSTATUS_UNAVAILABLE', message);
}

interface Rights {
  readonly isRoots: boolean;
  readonly userNamespace: string;
  readonly capabilities: bigint;
}

/** proc_pid_status(5): `Uid` is real, effective, saved and file system's; `CapEff` is hexadecimal. */
function rightsOf(process: string): Rights | null {
  try {
    const status = readFileSync(`/proc/${process}/status`, 'utf8');
    return {
      isRoots: /^Uid:\t0\t0\t/m.test(status),
      userNamespace: readlinkSync(`/proc/${process}/ns/user`),
      capabilities: BigInt(`0x${/^CapEff:\t([0-9a-f]+)$/m.exec(status)![1]}`),
    };
  } catch {
    return null;
  }
}
