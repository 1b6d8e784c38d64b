import { foldName } from './identity.ts';
import { fromIso, type Instant, toIso } from './instant.ts';
import { wordOf } from './json-form.ts';
import { formatLocation, parseLocation } from './location.ts';
import type { Certainty, Channel, EncryptionLevel, Endpoint, Session } from './session.ts';
import type { Part, Problem } from './source.ts';

/** A session as plain JSON: what `/smbwho/v1/sessions` and `smbwho list --json` give. Instants are ISO 8601 in UTC. */
export interface SessionJson {
  readonly location: string;
  readonly instance: number;
  readonly user: {
    readonly domain: string;
    readonly auth_id: string | null;
    readonly uid: number | null;
    readonly gid: number | null;
    readonly sid: string | null;
    readonly name: string | null;
  };
  readonly is_guest: boolean;
  readonly is_anonymous: boolean;
  readonly opened_at: string | null;
  readonly authenticated_at: string | null;
  readonly expires_at: string | null;
  readonly last_active_at: string | null;
  readonly idle_certainty: Certainty;
  readonly dialect: string;
  readonly encryption: EncryptionLevel;
  readonly channels: readonly { client: Endpoint; server: Endpoint | null; opened_at: string | null }[];
  readonly tree_connects: readonly { share_name: string; opened_at: string | null; encryption: EncryptionLevel }[];
  readonly share_names: readonly string[];
  readonly num_opens: number;
  readonly num_opens_certainty: Certainty;
  readonly pid: number;
}

export interface PartJson {
  readonly instance: number;
  readonly node: number | null;
  readonly taken_at: string | null;
  readonly verdict: Part['verdict'];
  readonly problems: readonly Problem[];
  readonly recording: string | null;
}

export function toSessionJson(session: Session): SessionJson {
  const { user } = session;
  return {
    location: formatLocation(session.location),
    instance: session.location.instance,
    user: userJson(user),
    is_guest: session.isGuest,
    is_anonymous: session.isAnonymous,
    opened_at: isoOrNull(session.openedAt),
    authenticated_at: isoOrNull(session.authenticatedAt),
    expires_at: isoOrNull(session.expiresAt),
    last_active_at: isoOrNull(session.lastActiveAt),
    idle_certainty: session.idleCertainty,
    dialect: session.dialect,
    encryption: session.encryption,
    channels: session.channels.map(channelJson),
    tree_connects: session.treeConnects.map(({ shareName, openedAt, encryption }) => ({
      share_name: shareName,
      opened_at: isoOrNull(openedAt),
      encryption,
    })),
    share_names: session.shareNames,
    num_opens: session.numOpens,
    num_opens_certainty: session.numOpensCertainty,
    pid: session.pid,
  };
}

/** The six keys of the contract's user object. */
export function userJson({ domain, authId, uid, gid, sid, name }: Session['user']): SessionJson['user'] {
  return { domain, auth_id: authId, uid, gid, sid, name };
}

export function toPartJson({ instance, node, takenAt, verdict, problems, recording }: Part): PartJson {
  return { instance, node, taken_at: isoOrNull(takenAt), verdict, problems, recording };
}

function channelJson({ client, server, openedAt }: Channel): SessionJson['channels'][number] {
  return { client, server, opened_at: isoOrNull(openedAt) };
}

export function isoOrNull(instant: Instant | null): string | null {
  return instant === null ? null : toIso(instant);
}

export const certainties = ['exact', 'lower_bound', 'upper_bound', 'unknown'] as const;
const encryptionLevels = ['none', 'partial', 'full'] as const;

/**
 * The session that JSON of this form describes.
 *
 * @throws TypeError where it is not of this form
 */
export function fromSessionJson(json: SessionJson): Session {
  const location = parseLocation(json.location);
  if (location === null) throw new TypeError(`"${json.location}" is no location`);
  return {
    location,
    user: fromUserJson(json.user),
    isGuest: json.is_guest,
    isAnonymous: json.is_anonymous,
    openedAt: instantOrNull(json.opened_at),
    authenticatedAt: instantOrNull(json.authenticated_at),
    expiresAt: instantOrNull(json.expires_at),
    lastActiveAt: instantOrNull(json.last_active_at),
    idleCertainty: wordOf(certainties, json.idle_certainty),
    dialect: json.dialect,
    encryption: wordOf(encryptionLevels, json.encryption),
    channels: json.channels.map(({ client, server, opened_at }) => ({
      client,
      server,
      openedAt: instantOrNull(opened_at),
    })) as [Channel, ...Channel[]],
    treeConnects: json.tree_connects.map(({ share_name, opened_at, encryption }) => ({
      shareName: share_name,
      openedAt: instantOrNull(opened_at),
      encryption: wordOf(encryptionLevels, encryption),
    })),
    shareNames: json.share_names,
    numOpens: json.num_opens,
    numOpensCertainty: wordOf(certainties, json.num_opens_certainty),
    pid: json.pid,
  };
}

export function fromPartJson({ taken_at, ...part }: PartJson): Part {
  return { ...part, takenAt: instantOrNull(taken_at) };
}

/** The identity that JSON of this form describes. */
export function fromUserJson({ auth_id, name, domain, ...ids }: SessionJson['user']): Session['user'] {
  return { ...ids, domain: domain as Session['user']['domain'], authId: auth_id, name, names: namesOf(name) };
}

/** What the JSON leaves out: the bare name of `DOMAIN\user` finds the user as well. */
function namesOf(name: string | null): string[] {
  if (name === null) return [];
  const bare = name.slice(name.indexOf('\\') + 1);
  return [...new Set([name, bare])].map(foldName);
}

function instantOrNull(text: string | null): Instant | null {
  return text === null ? null : fromIso(text);
}
