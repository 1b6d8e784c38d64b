import { type Channel, compareLocations, type Location, type Session } from '../../sessions/index.ts';
import { connectionKey } from '../idle/connections.ts';

/**
 * Finds those who share a connection with a session and that are not ended with it, ordered by location: one list for all
 * that have the same connections.
 */
export function neighboursOf(
  sessions: readonly Session[],
  isEnding: (session: Session) => boolean,
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

function keysOf(channels: readonly Channel[]): string[] {
  return [...new Set(channels.map(connectionKey))].filter((key) => key !== null);
}
