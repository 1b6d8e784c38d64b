import { Cursor, DecodeError } from '../samba/bytes/index.ts';
import { formatIpv4, formatIpv6 } from './ip-text.ts';
import { KernelError } from './kernel-error.ts';

// linux/netlink.h, sock_diag.h, inet_diag.h, tcp.h

/** One end of an established TCP connection, as the kernel counts it. */
export interface TcpConnection {
  /** Bare: no brackets or zone; an IPv4-mapped address as the IPv4 one. */
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  /** Names the socket for as long as the machine runs: another one on the same addresses and ports has another. */
  readonly cookie: number;
  /** How long ago the last data came, in ticks of the kernel's clock: 1 to 10 ms. Not by TCP keepalives. */
  readonly lastReceivedMs: number;
  readonly bytesReceived: number;
  /** Each byte once, however often it was sent. */
  readonly bytesSent: number;
  /** Segments with data that came. */
  readonly segmentsReceived: number;
}

export const family = { ipv4: 2, ipv6: 10 } as const;

const message = { error: 2, done: 3, sockDiagByFamily: 20 } as const;
const headerBytes = 16;
const requestBytes = 72;
const requestAndDump = 0x301;
const dumpInterrupted = 0x10;
const established = 1 << 1;
const tcp = 6;
const infoAttribute = 2;
/** As far as tcpi_bytes_retrans, since Linux 4.19. */
const leastInfoBytes = 216;

/** Asks for the established TCP connections of a family at a local port. */
export function encodeRequest(ofFamily: number, localPort: number): Uint8Array {
  const bytes = new Uint8Array(requestBytes);
  bytes[0] = requestBytes;
  bytes[4] = message.sockDiagByFamily;
  bytes[6] = requestAndDump & 0xff;
  bytes[7] = requestAndDump >> 8;
  bytes[headerBytes] = ofFamily;
  bytes[headerBytes + 1] = tcp;
  bytes[headerBytes + 2] = 1 << (infoAttribute - 1);
  bytes[headerBytes + 4] = established;
  bytes[headerBytes + 8] = localPort >> 8;
  bytes[headerBytes + 9] = localPort & 0xff;
  return bytes;
}

/**
 * Reads the messages of one datagram.
 *
 * @returns whether more follow; `interrupted` where what was counted moved meanwhile and must be asked for again
 * @throws KernelError KERNEL_TOO_OLD, NETLINK_REFUSED, NETLINK_MALFORMED
 */
export function parseDatagram(
  bytes: Buffer,
  lengthBytes: number,
  add: (connection: TcpConnection) => void,
): 'more' | 'done' | 'interrupted' {
  const cursor = new Cursor(bytes);
  try {
    for (let at = 0; at < lengthBytes; ) {
      cursor.reset(bytes, at, lengthBytes);
      const length = cursor.u32();
      const type = cursor.u16();
      const flags = cursor.u16();
      if (length < headerBytes || length > lengthBytes - at) {
        throw malformed(`a message of ${length} bytes with ${lengthBytes - at} left`);
      }
      if ((flags & dumpInterrupted) !== 0) return 'interrupted';
      cursor.reset(bytes, at + headerBytes, at + length);
      if (type === message.error) throw refused(cursor.u32() | 0);
      if (type === message.done) {
        const result = cursor.remainingBytes < 4 ? 0 : cursor.u32() | 0;
        if (result < 0) throw refused(result);
        return 'done';
      }
      if (type === message.sockDiagByFamily) add(parseConnection(cursor, bytes, at + headerBytes));
      at += align(length);
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw malformed(error.message, error);
  }
  return 'more';
}

/** struct inet_diag_msg, and its attributes. */
function parseConnection(cursor: Cursor, bytes: Buffer, at: number): TcpConnection {
  const ofFamily = cursor.u8();
  cursor.skip(3); // state, timer, retrans
  const localPort = port(cursor);
  const remotePort = port(cursor);
  cursor.skip(32 + 4); // addresses, interface
  const cookie = cursor.u64Number();
  cursor.skip(20); // expires, rqueue, wqueue, uid, inode
  const format = ofFamily === family.ipv4 ? formatIpv4 : formatIpv6;
  const [local, remote] = [format(bytes, at + 8), format(bytes, at + 24)];
  while (cursor.remainingBytes > 0) {
    const length = cursor.u16();
    const type = cursor.u16();
    if (length < 4 || length - 4 > cursor.remainingBytes) throw malformed(`an attribute of ${length} bytes`);
    if (type === infoAttribute)
      return { local, localPort, remote, remotePort, cookie, ...parseInfo(cursor, length - 4) };
    cursor.skip(Math.min(align(length) - 4, cursor.remainingBytes));
  }
  throw malformed('a connection without tcp_info');
}

/** struct tcp_info */
function parseInfo(cursor: Cursor, lengthBytes: number) {
  if (lengthBytes < leastInfoBytes) {
    const text = `its tcp_info has ${lengthBytes} bytes, and ${leastInfoBytes} are needed: Linux 4.19 or later`;
    throw new KernelError('KERNEL_TOO_OLD', `this kernel does not count the bytes of a connection: ${text}`);
  }
  cursor.skip(52);
  const lastReceivedMs = cursor.u32();
  cursor.skip(72);
  const bytesReceived = cursor.u64Number();
  cursor.skip(16);
  const segmentsReceived = cursor.u32();
  cursor.skip(44);
  const bytesSent = cursor.u64Number() - cursor.u64Number(); // without what was sent again
  return { lastReceivedMs, bytesReceived, bytesSent, segmentsReceived };
}

/** Ports are in network order. */
function port(cursor: Cursor): number {
  return cursor.u8() * 256 + cursor.u8();
}

function align(lengthBytes: number): number {
  return (lengthBytes + 3) & ~3;
}

function refused(result: number): KernelError {
  return new KernelError('NETLINK_REFUSED', `the kernel does not list TCP connections: error ${-result}`);
}

function malformed(text: string, cause?: unknown): KernelError {
  return new KernelError('NETLINK_MALFORMED', `the kernel lists TCP connections in another form: ${text}`, cause);
}
