import { elapsedMicros, formatLocation, type Instant, type Session, toIso } from '../sessions/index.ts';
import { type CsvColumns, type CsvOptions, toCsv } from './csv.ts';

/** Names and order are stable, new columns come last. What the JSON has too has its name there. */
const columns: CsvColumns<Session> = {
  location: ({ location }) => formatLocation(location),
  instance: ({ location }) => location.instance,
  user_name: ({ user }) => user.name,
  user_domain: ({ user }) => user.domain,
  user_sid: ({ user }) => user.sid,
  is_guest: ({ isGuest }) => isGuest,
  is_anonymous: ({ isAnonymous }) => isAnonymous,
  client_address: ({ channels }) => channels[0].client.address,
  client_port: ({ channels }) => channels[0].client.port,
  server_address: ({ channels }) => channels[0].server?.address ?? null,
  server_port: ({ channels }) => channels[0].server?.port ?? null,
  num_channels: ({ channels }) => channels.length,
  share_names: ({ shareNames }) => shareNames.join(','),
  opened_at: ({ openedAt }) => isoOrNull(openedAt),
  age_seconds: ({ openedAt }, at) => wholeSeconds(openedAt, at),
  last_active_at: ({ lastActiveAt }) => isoOrNull(lastActiveAt),
  idle_seconds: ({ lastActiveAt }, at) => wholeSeconds(lastActiveAt, at),
  idle_certainty: ({ idleCertainty }) => idleCertainty,
  num_opens: ({ numOpens }) => numOpens,
  num_opens_certainty: ({ numOpensCertainty }) => numOpensCertainty,
  dialect: ({ dialect }) => dialect,
  encryption: ({ encryption }) => encryption,
  pid: ({ pid }) => pid,
};

/** Client and server are those of the first channel. */
export function formatCsv(sessions: readonly Session[], { at, headers }: CsvOptions): string {
  return toCsv(columns, sessions, { at, headers });
}

function isoOrNull(instant: Instant | null): string | null {
  return instant === null ? null : toIso(instant);
}

function wholeSeconds(from: Instant | null, to: Instant): number | null {
  return from === null ? null : Math.floor(elapsedMicros(from, to) / 1_000_000);
}
