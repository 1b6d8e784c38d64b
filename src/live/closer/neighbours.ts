import { type Channel, compareLocations, type Location, type Session } from '../../sessions/index.ts';
import { connectionKey } from '../idle/connections.ts';

/** Finds those who share a connection with a session and that are not ended with it, ordered by location. */
export function neighboursOf(
  sessions: readonly Session[],
  isEnding: (session: Session) => boolean,
): (channels: readonly Channel[]) => Location[] {
  const byConnection = new Map<string, Location[]>();
  for (const session of sessions) {
    if (isEnding(session)) continue;
    for (const key of keysOf(session.channels)) {
      const sharing = byConnection.get(key);
      if (sharing === undefined) byConnection.set(key, [session.location]);
      else sharing.push(session.location);
    }
  }
  return (channels) => {
    const found = new Set(keysOf(channels).flatMap((key) => byConnection.get(key) ?? []));
    return [...found].sort(compareLocations);
  };
}

function keysOf(channels: readonly Channel[]): string[] {
  return [...new Set(channels.map(connectionKey))].filter((key) => key !== null);
}
