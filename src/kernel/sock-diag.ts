import { KernelError } from './kernel-error.ts';
import { type Libc, loadLibc } from './libc.ts';
import { encodeRequest, family, parseDatagram, type TcpConnection } from './sock-diag-messages.ts';

const afNetlink = 16;
const sockRawCloexec = 3 | 0o2000000;
const netlinkSockDiag = 4;
/** MSG_DONTWAIT, since an answer is there when it is asked for; MSG_TRUNC, to be told of one that does not fit. */
const recvFlags = 0x40 | 0x20;
/** The kernel makes none larger than 32 KiB. */
const datagramBytes = 65_536;
const maxConnections = 1_000_000;
const maxTries = 3;

/** When connections were counted, by the clock of `performance`: not later than this. */
export interface Counted {
  readonly takenAtMs: number;
  readonly connections: readonly TcpConnection[];
}

/**
 * The established TCP connections at a local port, IPv4 and IPv6, of this process's network namespace: asked of the
 * kernel by netlink (SOCK_DIAG), which takes no privilege. The kernel's work, some microseconds a connection, is done on
 * another thread; what it says comes in parts of up to 100 connections.
 *
 * @throws KernelError
 */
export async function dumpConnections(localPort: number): Promise<Counted[]> {
  const libc = await loadLibc();
  const [ipv4, ipv6] = await Promise.allSettled([
    dump(libc, family.ipv4, localPort),
    dump(libc, family.ipv6, localPort), // a kernel may have none
  ]);
  if (ipv4.status === 'rejected') throw ipv4.reason;
  return ipv6.status === 'rejected' ? ipv4.value : [...ipv4.value, ...ipv6.value];
}

async function dump(libc: Libc, ofFamily: number, localPort: number): Promise<Counted[]> {
  for (let tries = 0; tries < maxTries; tries++) {
    const parts = await tryDump(libc, encodeRequest(ofFamily, localPort));
    if (parts !== null) return parts;
  }
  throw new KernelError('NETLINK_FAILED', `the list of TCP connections was interrupted ${maxTries} times`);
}

/** @returns null where it must be asked for again */
async function tryDump(libc: Libc, request: Uint8Array): Promise<Counted[] | null> {
  const descriptor = libc.socket(afNetlink, sockRawCloexec, netlinkSockDiag);
  if (descriptor < 0) {
    throw new KernelError('NETLINK_REFUSED', `no netlink socket can be made: ${libc.lastError()}`);
  }
  try {
    if ((await libc.send(descriptor, request)) < 0) throw failed('asked for', libc);
    return await receive(libc, descriptor);
  } finally {
    libc.close(descriptor);
  }
}

async function receive(libc: Libc, descriptor: number): Promise<Counted[] | null> {
  const bytes = Buffer.alloc(datagramBytes);
  const parts: Counted[] = [];
  for (let numConnections = 0; numConnections <= maxConnections; ) {
    // The kernel counted what comes now when it was last called: by the request, or while it gave the part before.
    const takenAtMs = performance.now();
    const lengthBytes = await libc.recv(descriptor, bytes, recvFlags);
    if (lengthBytes < 0) throw failed('received', libc);
    if (lengthBytes === 0 || lengthBytes > bytes.length) {
      throw new KernelError('NETLINK_MALFORMED', `a part of ${lengthBytes} bytes of the list of TCP connections`);
    }
    const connections: TcpConnection[] = [];
    const state = parseDatagram(bytes, lengthBytes, (connection) => connections.push(connection));
    if (state === 'interrupted') return null;
    parts.push({ takenAtMs, connections });
    if (state === 'done') return parts;
    numConnections += connections.length;
  }
  throw new KernelError('NETLINK_FAILED', `there are more than ${maxConnections} TCP connections`);
}

function failed(what: string, libc: Libc): KernelError {
  return new KernelError('NETLINK_FAILED', `the list of TCP connections can't be ${what}: ${libc.lastError()}`);
}
