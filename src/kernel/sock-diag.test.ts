import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dumpConnections, type TcpConnection } from './index.ts';
import { formatIpv6 } from './ip-text.ts';
import { parseDatagram } from './sock-diag-messages.ts';

/** What Linux 6.18 said of a connection on loopback, of an IPv6 listener for both families. */
const captured = Buffer.from(
  '9801000014000200000000002770000002010000b417abfa7f0000010000000000000000000000007f00000100000000' +
    '000000000000000000000000a51600000000000000000000000000000000000000000000827c2c000500080000000000' +
    '08000f00000000000c001500010000000000000006001600520000001c010200010000000007aa01e01c0300409c0000' +
    '00800000180200000000000000000000000000000000000000000000e005000000000000e0050000e0050000ffff0000' +
    'cbff00000c00000005000000ffffff7f0c000000cbff00000300000000000000cbff000000000000c49ca5c510000000' +
    'ffffffffffffffff08000000000000000600000000000000030000000600000000000000090000000200000002000000' +
    '388e03d90000000000000000000000000000000000000000000000000000000003000000000000000800000000000000' +
    '000000000000000000000000000000000000000000000100000001000000000000000000000000000000000000000000' +
    '000000000000000000000000000000000000000000000000',
  'hex',
);
const connection: TcpConnection = {
  local: '127.0.0.1',
  localPort: 46_103,
  remote: '127.0.0.1',
  remotePort: 44_026,
  cookie: 5797,
  lastReceivedMs: 1504,
  bytesReceived: 6,
  bytesSent: 8,
  segmentsReceived: 2,
};
const done = Buffer.from('1400000003000200000000002770000000000000', 'hex');
const at = { flags: 6, family: 16, local: 24, remote: 40, attributes: 88, info: 124, bytesSent: 328, resent: 336 };

function parse(bytes: Buffer) {
  const connections: TcpConnection[] = [];
  const state = parseDatagram(bytes, bytes.length, (one) => connections.push(one));
  return { state, connections };
}

/** What was captured, with some bytes of it changed. */
function changed(changes: Readonly<Record<number, string>>): Buffer {
  const bytes = Buffer.from(captured);
  for (const [offset, hex] of Object.entries(changes)) bytes.write(hex, Number(offset), 'hex');
  return bytes;
}

describe('a datagram of SOCK_DIAG', () => {
  test('connections, until all are told', () => {
    expect(parse(captured)).toEqual({ state: 'more', connections: [connection] });
    expect(parse(Buffer.concat([captured, captured, done]))).toEqual({
      state: 'done',
      connections: [connection, connection],
    });
    expect(parse(done)).toEqual({ state: 'done', connections: [] });
  });

  test.each([
    [
      'an IPv6 address',
      { [at.family]: '0a', [at.local]: '20010db8000000000000000000000001' },
      { local: '2001:db8::1' },
    ],
    [
      'an IPv4-mapped one',
      { [at.family]: '0a', [at.remote]: '00000000000000000000ffffc0000207' },
      { remote: '192.0.2.7' },
    ],
    ['what was sent again, counted once', { [at.bytesSent]: '64', [at.resent]: '30' }, { bytesSent: 52 }],
  ])('%s', (_, changes, expected) => {
    expect(parse(changed(changes)).connections).toMatchObject([expected]);
  });

  test('one that was interrupted must be asked for again', () => {
    expect(parse(changed({ [at.flags]: '12' })).state).toBe('interrupted');
  });

  test.each([
    ['NETLINK_REFUSED', Buffer.from('14000000020000000000000027700000ffffffff', 'hex'), /error 1\b/],
    ['NETLINK_REFUSED', Buffer.from('14000000030002000000000027700000feffffff', 'hex'), /error 2\b/],
    ['NETLINK_MALFORMED', changed({ 0: '0f000000' }), /a message of 15 bytes/],
    ['NETLINK_MALFORMED', changed({ 0: '99010000' }), /a message of 409 bytes with 408 left/],
    ['NETLINK_MALFORMED', changed({ [at.attributes]: '0300' }), /an attribute of 3 bytes/],
    ['NETLINK_MALFORMED', changed({ [at.info + 2]: '0900' }), /without tcp_info/],
    ['KERNEL_TOO_OLD', changed({ [at.info]: 'd800' }), /Linux 4.19/],
  ])('%s', (code, bytes, message) => {
    expect(() => parse(bytes)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  test('every truncation, of the datagram and of the message in it, is an error', () => {
    for (let length = 1; length < captured.length; length++) {
      const cut = captured.subarray(0, length);
      expect(() => parse(cut), `${length}`).toThrow(expect.objectContaining({ code: 'NETLINK_MALFORMED' }));
      if (length < 16) continue;
      const short = Buffer.from(cut);
      short.writeUInt32LE(length);
      expect(() => parse(short), `${length}`).toThrow(expect.objectContaining({ code: 'NETLINK_MALFORMED' }));
    }
  });
});

test('an IPv6 address is written as everybody writes it', () => {
  const group = fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const bytes = Uint8Array.from(groups.flatMap((one) => [one >> 8, one & 0xff]));
      const text = formatIpv6(bytes, 0);
      const host = new URL(`http://[${groups.map((one) => one.toString(16)).join(':')}]`).hostname;
      expect(text.includes('.') ? `[${mappedAsHex(text)}]` : `[${text}]`).toBe(host);
    }),
  );
  const mapped = Buffer.from('00000000000000000000ffff7f000001', 'hex');
  expect(formatIpv6(mapped, 0)).toBe('127.0.0.1');
});

function mappedAsHex(ipv4: string): string {
  return new URL(`http://[::ffff:${ipv4}]`).hostname.slice(1, -1);
}

test.each(['127.0.0.1', '::1'])('the kernel is asked of a connection at %s', async (host) => {
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, host);
  await once(client, 'connect');
  await new Promise((resolve) => client.write('twelve bytes', resolve));
  const find = async () => {
    const parts = await dumpConnections(port);
    return parts.flatMap((part) => part.connections);
  };
  while ((await find())[0]?.bytesReceived !== 12);
  const [first, ...others] = await find();
  expect(others).toEqual([]);
  const ends = { local: host, localPort: port, remote: host, remotePort: client.localPort };
  expect(first).toMatchObject({ ...ends, bytesReceived: 12, bytesSent: 0, segmentsReceived: 1 });
  expect((await find())[0]!.cookie).toBe(first!.cookie);
  client.destroy();
  server.close();
});
