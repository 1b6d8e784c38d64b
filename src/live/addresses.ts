import type { Endpoint } from '../sessions/index.ts';

const mappedIpv4 = '::ffff:';

/**
 * Reads the address of a channel record: `ipv4:192.0.2.7:49152`, `ipv6:::1:52998`. The port stands behind the last
 * colon; an IPv6 address has no brackets. What has another form is handed on as it is, with port 0.
 */
export function parseChannelAddress(text: string): Endpoint {
  const lastColon = text.lastIndexOf(':');
  const port = Number(text.slice(lastColon + 1));
  if (lastColon < 5 || !Number.isInteger(port)) return { address: text, port: 0 };
  if (text.startsWith('ipv4:')) return { address: text.slice(5, lastColon), port };
  if (!text.startsWith('ipv6:')) return { address: text, port: 0 };
  const address = text.slice(5, lastColon);
  const zone = address.indexOf('%');
  const bare = zone < 0 ? address : address.slice(0, zone);
  const isMapped = bare.toLowerCase().startsWith(mappedIpv4) && bare.includes('.');
  return { address: isMapped ? bare.slice(mappedIpv4.length) : bare, port };
}
