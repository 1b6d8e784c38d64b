import { closeSync, constants, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type Libc, loadLibc } from './libc.ts';

const afUnix = 1;
const sockDgramCloexec = 2 | 0o2000000;
/** MSG_DONTWAIT, since the receiver may never read; MSG_NOSIGNAL. */
const sendFlags = 0x40 | 0x4000;
/** `sockaddr_un.sun_path` has 108 bytes, the last of them NUL. */
const maxPathBytes = 107;

/** What became of a datagram. */
export interface Sending {
  /** `full`: the receiver's queue is. `absent`: nobody receives there. */
  readonly verdict: 'sent' | 'full' | 'absent' | 'denied' | 'failed';
  /** The error's name, such as `EACCES`; null where it was sent. */
  readonly error: string | null;
}

const verdicts = new Map<string, Sending['verdict']>([
  ['EAGAIN', 'full'],
  ['EWOULDBLOCK', 'full'], // the same number
  ['ENOENT', 'absent'],
  ['ENOTDIR', 'absent'],
  ['ECONNREFUSED', 'absent'],
  ['EACCES', 'denied'],
  ['EPERM', 'denied'],
]);

/**
 * Sends one datagram to a unix socket, and waits for nobody.
 *
 * @throws KernelError KERNEL_UNREACHABLE
 */
export async function sendDatagram(path: string, bytes: Uint8Array): Promise<Sending> {
  const libc = await loadLibc();
  if (Buffer.byteLength(path) <= maxPathBytes) return send(libc, path, bytes);
  let folder: number;
  try {
    folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    return failed((error as NodeJS.ErrnoException).code ?? 'EIO');
  }
  try {
    return send(libc, `/proc/self/fd/${folder}/${basename(path)}`, bytes);
  } finally {
    closeSync(folder);
  }
}

function send(libc: Libc, path: string, bytes: Uint8Array): Sending {
  const descriptor = libc.socket(afUnix, sockDgramCloexec, 0);
  if (descriptor < 0) return failed(libc.lastError());
  try {
    const sent = libc.sendTo(descriptor, bytes, sendFlags, unixAddress(path));
    return sent < 0 ? failed(libc.lastError()) : { verdict: 'sent', error: null };
  } finally {
    libc.close(descriptor);
  }
}

function failed(error: string): Sending {
  return { verdict: verdicts.get(error) ?? 'failed', error };
}

/** `struct sockaddr_un` */
function unixAddress(path: string): Uint8Array {
  return Buffer.concat([Buffer.from([afUnix, 0]), Buffer.from(path), Buffer.from([0])]);
}
