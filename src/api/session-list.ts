import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import {
  compareLocations,
  durationForm,
  type Full,
  filterByIdentity,
  filterSessions,
  formatLocation,
  idleClock,
  type Location,
  type Part,
  parseDuration,
  parseIdentity,
  parseLocation,
  parseNetwork,
  type Session,
  type SessionFilter,
  type SessionSource,
  takePage,
} from '../sessions/index.ts';
import { ApiError } from './errors.ts';
import { wholeNumber } from './schemas.ts';
import type { Scope } from './services.ts';

/** Entries of a page where no limit is given, and the most that one can have: known clients read the first page only. */
export const maxLimit = 100_000;

const identityParameter = {
  identity: Type.Optional(
    Type.String({
      description: 'Only sessions of this user: a name or SID, with a domain prefix or not, or uid:, auth_id:, SID:',
    }),
  ),
};

export const pageParameters = {
  after: Type.Optional(Type.String({ description: 'Only entries after this key, from `paging.next`' })),
  limit: Type.Optional(
    Type.String({ pattern: wholeNumber, description: `At most so many entries; ${maxLimit} if more are asked for` }),
  ),
};

/** Parameters that are not named here are taken out, and so ignored. */
const ignoreOthers = { additionalProperties: false };

/** What the contract's list knows. */
export const SessionListQuery = Type.Object({ ...identityParameter, ...pageParameters }, ignoreOthers);

/** What the richer list, and the plan of a close, can leave out. */
export const filterParameters = {
  ...identityParameter,
  share: Type.Optional(Type.String({ description: 'Only sessions that are connected to this share' })),
  from: Type.Optional(Type.String({ description: 'Only sessions from this IP address or network, as 192.0.2.0/24' })),
  idle_over: Type.Optional(
    Type.String({
      description: `Only sessions that have been idle for so long at least, for certain: ${durationForm}`,
    }),
  ),
};

export const FilteredListQuery = Type.Object({ ...filterParameters, ...pageParameters }, ignoreOthers);

export type FilteredListQuery = Type.Static<typeof FilteredListQuery>;
type SessionFilters = Pick<FilteredListQuery, keyof typeof filterParameters>;

export interface SessionList {
  readonly full: Full;
  readonly sessions: readonly Session[];
  /** Path and query of the next page, or null. */
  readonly next: string | null;
}

/**
 * The page of sessions that a query asks for.
 *
 * @param path what `next` begins with
 * @throws ApiError, IdentityError
 */
export async function listSessions(scope: Scope, query: FilteredListQuery, path: string): Promise<SessionList> {
  const after = query.after === undefined ? null : parseAfter(query.after);
  const { full, sessions } = await selectSessions(scope, query);
  const page = takePage(sessions, after, toLimit(query.limit), compareLocations);
  return { full, sessions: page.entries, next: page.next === null ? null : nextPath(path, page.next, query) };
}

/**
 * All sessions that the filters leave.
 *
 * @throws ApiError, IdentityError
 */
export async function selectSessions(
  { source, directory }: Scope,
  query: SessionFilters,
): Promise<Omit<SessionList, 'next'>> {
  const identity = query.identity === undefined ? null : parseIdentity(query.identity);
  const filter = toFilter(query);
  const full = await refresh(source);
  const ofUser = identity === null ? full.sessions : await filterByIdentity(full.sessions, identity, directory);
  return { full, sessions: filterSessions(ofUser, filter, idleClock(full.parts)) };
}

export function toLimit(limit: string | undefined): number {
  return limit === undefined ? maxLimit : Math.min(Number(limit), maxLimit);
}

function toFilter({ share, from, idle_over }: SessionFilters): SessionFilter {
  const network = parseFrom(from);
  const idleOver = idle_over === undefined ? undefined : parseDuration(idle_over);
  if (idleOver === null)
    throw new ApiError('bad_parameter_error', `idle_over must be a duration such as ${durationForm}`);
  return {
    ...(share === undefined ? {} : { share }),
    ...(network === undefined ? {} : { from: network }),
    ...(idleOver === undefined ? {} : { idleOver }),
  };
}

/** @throws ApiError bad_parameter_error */
export function parseFrom(from: string | undefined): SessionFilter['from'] {
  const network = from === undefined ? undefined : parseNetwork(from);
  if (network !== null) return network;
  throw new ApiError('bad_parameter_error', 'from must be an IP address or a network such as 192.0.2.0/24');
}

/** Says in a header of the answer that it is a recording, for those who read the contract's fields alone. */
export function label(reply: FastifyReply, { parts }: Pick<Full, 'parts'>): void {
  const recording = parts.find((part) => part.recording !== null)?.recording;
  if (recording) reply.header('smbwho-recording', recording.replace(/[^\x20-\x7e]/g, '?'));
}

/** @throws ApiError samba_unavailable_error */
export async function refresh(source: SessionSource): Promise<Full> {
  const full = await source.refresh();
  checkRead(full.parts);
  return full;
}

/** @throws ApiError samba_unavailable_error where there are parts, and not one could be read */
export function checkRead(parts: readonly Part[]): void {
  if (parts.length === 0 || parts.some(({ takenAt }) => takenAt !== null)) return;
  const reasons = parts.flatMap(({ problems }) => problems.map(({ code, message }) => `${code}: ${message}`));
  throw new ApiError('samba_unavailable_error', reasons.join('; '));
}

function parseAfter(text: string): Location {
  const location = parseLocation(text);
  if (location === null)
    throw new ApiError('bad_parameter_error', 'after is no key of this list; take it from paging.next');
  return location;
}

function nextPath(path: string, after: Location, { limit, ...filters }: FilteredListQuery): string {
  const query = new URLSearchParams({ after: formatLocation(after) });
  if (limit !== undefined) query.set('limit', String(toLimit(limit)));
  for (const name of ['identity', 'share', 'from', 'idle_over'] as const) {
    const value = filters[name];
    if (value !== undefined) query.set(name, value);
  }
  return `${path}?${query}`;
}
