import Type from 'typebox';
import {
  type Full,
  filterByIdentity,
  formatLocation,
  type Location,
  parseIdentity,
  parseLocation,
  type Session,
  type SessionSource,
  takePage,
  type UserDirectory,
} from '../sessions/index.ts';
import { ApiError } from './errors.ts';

/** Entries of a page where no limit is given, and the most that one can have: known clients read the first page only. */
export const maxLimit = 100_000;

export const SessionListQuery = Type.Object({
  identity: Type.Optional(
    Type.String({
      description: 'Only sessions of this user: a name or SID, with a domain prefix or not, or uid:, auth_id:, SID:',
    }),
  ),
  after: Type.Optional(Type.String({ description: 'Only sessions after this key, from `paging.next`' })),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, description: `At most so many sessions; ${maxLimit} if more are asked for` }),
  ),
});

export type SessionListQuery = Type.Static<typeof SessionListQuery>;

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
export async function listSessions(
  source: SessionSource,
  directory: UserDirectory,
  query: SessionListQuery,
  path: string,
): Promise<SessionList> {
  const after = query.after === undefined ? null : parseAfter(query.after);
  const identity = query.identity === undefined ? null : parseIdentity(query.identity);
  const full = await refresh(source);
  const matching = identity === null ? full.sessions : await filterByIdentity(full.sessions, identity, directory);
  const page = takePage(matching, after, Math.min(query.limit ?? maxLimit, maxLimit));
  return { full, sessions: page.sessions, next: page.next === null ? null : nextPath(path, page.next, query) };
}

/** @throws ApiError samba_unavailable_error where not one part could be read */
export async function refresh(source: SessionSource): Promise<Full> {
  const full = await source.refresh();
  if (full.parts.every(({ takenAt }) => takenAt === null)) {
    const reasons = full.parts.flatMap(({ problems }) => problems.map(({ code, message }) => `${code}: ${message}`));
    throw new ApiError('samba_unavailable_error', reasons.join('; '));
  }
  return full;
}

function parseAfter(text: string): Location {
  const location = parseLocation(text);
  if (location === null)
    throw new ApiError('bad_parameter_error', 'after is no key of this list; take it from paging.next');
  return location;
}

function nextPath(path: string, after: Location, { limit, identity }: SessionListQuery): string {
  const query = new URLSearchParams({ after: formatLocation(after) });
  if (limit !== undefined) query.set('limit', String(Math.min(limit, maxLimit)));
  if (identity !== undefined) query.set('identity', identity);
  return `${path}?${query}`;
}
