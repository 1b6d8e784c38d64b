import type { SessionJson } from '../../src/sessions/index.ts';
import type { Listed } from './answer-check.ts';

/** A session as `toSessionJson` says it. */
export function listedOf(session: SessionJson): Listed {
  const { last_active_at, idle_certainty: _, ...fields } = session;
  return {
    location: session.location,
    fields,
    userName: session.user.name,
    user: session.user,
    shareNames: session.share_names,
    clientAddress: session.channels[0]?.client.address ?? null,
    serverAddress: session.channels[0]?.server?.address ?? null,
    openedAt: microsOf(session.opened_at),
    lastActiveAt: microsOf(last_active_at),
    pid: session.pid,
    numChannels: session.channels.length,
  };
}

/** What `/v1/smb/sessions/` says of a session. */
export interface SmbSessionJson {
  readonly location: string;
  readonly tenant_id: number;
  readonly originator: string;
  readonly server_address: string;
  readonly user: SessionJson['user'];
  readonly num_opens: number;
  readonly time_open: { readonly nanoseconds: string };
  readonly time_idle: { readonly nanoseconds: string };
  readonly is_guest: boolean;
  readonly is_encrypted: boolean;
  readonly share_names: readonly string[];
}

/** What `/v1/smb/sessions/` should say of a session. */
export function smbListedOf(session: SessionJson): Listed {
  const listed = listedOf(session);
  const fields = {
    location: session.location,
    tenant_id: session.instance,
    originator: listed.clientAddress,
    server_address: listed.serverAddress,
    user: session.user,
    num_opens: session.num_opens,
    is_guest: session.is_guest,
    is_encrypted: session.encryption === 'full',
    share_names: session.share_names,
  };
  return { ...listed, fields, pid: null, numChannels: null };
}

/** A session of `/v1/smb/sessions/`; what it says in durations counts from `at`, microseconds since 1970. */
export function listedOfSmb(session: SmbSessionJson, at: number): Listed {
  const { time_open, time_idle, ...fields } = session;
  return {
    location: session.location,
    fields,
    userName: session.user.name,
    user: session.user,
    shareNames: session.share_names,
    clientAddress: session.originator,
    serverAddress: session.server_address,
    openedAt: at - Number(time_open.nanoseconds) / 1000,
    lastActiveAt: Number(time_idle.nanoseconds) === 0 ? null : at - Number(time_idle.nanoseconds) / 1000,
    pid: null,
    numChannels: null,
  };
}

function microsOf(iso: string | null): number | null {
  return iso === null ? null : Date.parse(`${iso.slice(0, 19)}Z`) * 1000 + Number(iso.slice(20, 26));
}
