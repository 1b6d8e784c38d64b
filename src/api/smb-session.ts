import { elapsedMicros, formatLocation, type Instant, type Session, userJson } from '../sessions/index.ts';

/** A session as the contract shows it: eleven keys, durations counted to these moments: the answer's, and that of the look at it. */
export function toSmbSession(session: Session, at: Instant, seenAt: Instant) {
  const { client, server } = session.channels[0];
  return {
    location: formatLocation(session.location),
    tenant_id: session.location.instance,
    originator: client.address,
    server_address: server?.address ?? '',
    user: userJson(session.user),
    num_opens: session.numOpens,
    // Neither is ever too old: what is not known is none.
    time_open: durationSince(session.openedAt, at),
    time_idle: durationSince(session.lastActiveAt, seenAt),
    is_guest: session.isGuest || session.isAnonymous,
    is_encrypted: session.encryption === 'full',
    share_names: session.shareNames,
  };
}

function durationSince(from: Instant | null, at: Instant): { nanoseconds: string } {
  const micros = from === null ? 0 : elapsedMicros(from, at);
  return { nanoseconds: micros === 0 ? '0' : `${micros}000` };
}
