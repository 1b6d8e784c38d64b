import { BlockList, isIP } from 'node:net';
import { elapsedMicros, type Instant, now } from './instant.ts';
import type { Session } from './session.ts';
import type { Part } from './source.ts';

/** What to leave out of a list. An absent condition leaves nothing out. */
export interface SessionFilter {
  /** A share's name, in any case. */
  readonly share?: string;
  /** Whether a client's address is meant, see `parseNetwork`. */
  readonly from?: (address: string) => boolean;
  /** Microseconds that a session has been idle for at least, for certain: never one whose idle time is not known. */
  readonly idleOver?: number;
}

/**
 * The moment that a session's idle time is to be told for: when it was read, not when that is told. What it did while
 * others were waited for is not known.
 */
export function idleClock(parts: readonly Part[], at: Instant = now()): (session: Session) => Instant {
  const readAt = new Map<number, Instant>();
  for (const { instance, takenAt } of parts) {
    if (takenAt !== null) readAt.set(instance, Math.min(takenAt, readAt.get(instance) ?? at));
  }
  return ({ location }) => Math.min(at, readAt.get(location.instance) ?? at);
}

/** @param clock the moment that a session's idle time is told for */
export function filterSessions(
  sessions: readonly Session[],
  { share, from, idleOver }: SessionFilter,
  clock: (session: Session) => Instant,
): readonly Session[] {
  const wanted = share?.toLowerCase();
  return sessions.filter((session) => {
    if (wanted !== undefined && !session.shareNames.some((name) => name.toLowerCase() === wanted)) return false;
    if (from !== undefined && !session.channels.some(({ client }) => from(client.address))) return false;
    return idleOver === undefined || leastIdle(session, clock(session)) >= idleOver;
  });
}

/** Microseconds that a session has been idle for at least; -1 where nothing is known of that. */
function leastIdle({ lastActiveAt, idleCertainty }: Session, at: Instant): number {
  const isBound = idleCertainty === 'exact' || idleCertainty === 'lower_bound';
  return isBound && lastActiveAt !== null ? elapsedMicros(lastActiveAt, at) : -1;
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
