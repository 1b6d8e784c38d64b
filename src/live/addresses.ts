import type { Endpoint } from '../sessions/index.ts';

const mappedIpv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * Reads the address of a channel record: `ipv4:192.0.2.7:49152`, `ipv6:::1:52998`. The port stands behind the last
 * colon; an IPv6 address has no brackets. What has another form is handed on as it is, with port 0.
 */
export function parseChannelAddress(text: string): Endpoint {
  const match = /^ipv[46]:(.*):(\d{1,5})$/.exec(text);
  if (match === null) return { address: text, port: 0 };
  const bare = match[1]!.replace(/%.*$/, '');
  return { address: mappedIpv4.exec(bare)?.[1] ?? bare, port: Number(match[2]) };
}
