import { elapsedMicros, formatLocation, type Instant, type Session, userJson } from '../sessions/index.ts';

/** A session as the contract shows it: eleven keys, durations counted to the moment of the answer. */
export function toSmbSession(session: Session, at: Instant) {
  const { client, server } = session.channels[0];
  return {
    location: formatLocation(session.location),
    tenant_id: session.location.instance,
    originator: client.address,
    server_address: server.address,
    user: userJson(session.user),
    num_opens: session.numOpens,
    time_open: duration(elapsedMicros(session.openedAt, at)),
    // Idle is never too old: what is not known is none.
    time_idle: duration(session.lastActiveAt === null ? 0 : elapsedMicros(session.lastActiveAt, at)),
    is_guest: session.isGuest || session.isAnonymous,
    is_encrypted: session.encryption === 'full',
    share_names: session.shareNames,
  };
}

function duration(micros: number): { nanoseconds: string } {
  return { nanoseconds: micros === 0 ? '0' : `${micros}000` };
}
