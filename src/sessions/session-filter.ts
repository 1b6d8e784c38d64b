import { BlockList, isIP } from 'node:net';
import type { Session } from './session.ts';

/** What to leave out of a list. An absent condition leaves nothing out. */
export interface SessionFilter {
  /** A share's name, in any case. */
  readonly share?: string;
  /** Whether a client's address is meant, see `parseNetwork`. */
  readonly from?: (address: string) => boolean;
}

export function filterSessions(sessions: readonly Session[], { share, from }: SessionFilter): readonly Session[] {
  const wanted = share?.toLowerCase();
  return sessions.filter(({ shareNames, channels }) => {
    if (wanted !== undefined && !shareNames.some((name) => name.toLowerCase() === wanted)) return false;
    return from === undefined || channels.some(({ client }) => from(client.address));
  });
}

/**
 * Reads an IP address or a CIDR network: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
 *
 * @returns null where the text is neither
 */
export function parseNetwork(text: string): ((address: string) => boolean) | null {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim());
  const family = isIP(match?.[1] ?? '');
  const bits = family === 4 ? 32 : 128;
  const prefix = match?.[2] === undefined ? bits : Number(match[2]);
  if (match === null || family === 0 || prefix > bits) return null;
  const network = new BlockList();
  network.addSubnet(match[1]!, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return (address) => isIP(address) !== 0 && network.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
