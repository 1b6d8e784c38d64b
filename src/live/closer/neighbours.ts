import { type Channel, compareLocations, type Location } from '../../sessions/index.ts';

/** A session, listed or not, and its connections. */
export interface Connecting {
  readonly location: Location;
  readonly channels: readonly Channel[];
}

/**
 * Finds those who share a connection with a session and that are not ended with it, ordered by location: one list for all
 * that have the same connections.
 */
export function neighboursOf(
  sessions: Iterable<Connecting>,
  isEnding: (session: Connecting) => boolean,
): (channels: readonly Channel[]) => readonly Location[] {
  const byConnection = new Map<string, Location[]>();
  for (const session of sessions) {
    if (isEnding(session)) continue;
    for (const key of keysOf(session.channels)) {
      const sharing = byConnection.get(key);
      if (sharing === undefined) byConnection.set(key, [session.location]);
      else sharing.push(session.location);
    }
  }
  const byKeys = new Map<string, readonly Location[]>();
  return (channels) => {
    const keys = keysOf(channels).sort();
    const name = keys.join('\n');
    let found = byKeys.get(name);
    if (found === undefined) {
      found = [...new Set(keys.flatMap((key) => byConnection.get(key) ?? []))].sort(compareLocations);
      byKeys.set(name, found);
    }
    return found;
  };
}

/** By all that is known of its ends: those of which a port is not known may be the same. */
function keysOf(channels: readonly Channel[]): string[] {
  return [...new Set(channels.map(keyOf))];
}

function keyOf({ client, server }: Channel): string {
  return `${client.address} ${client.port} ${server?.address} ${server?.port}`;
}
