import type { preValidationAsyncHookHandler } from 'fastify';
import { type ClosePlan, describeWriting, type Location, parseLocation, toConfirm } from '../sessions/index.ts';
import { ApiError } from './errors.ts';

/** No call may name more sessions: checking and planning them keeps all others waiting meanwhile. */
export const maxNamed = 20_000;

/** Room for so many whole session objects. */
export const closeBodyBytes = 4 * 1024 * 1024;

/** Far more than any body here has: the checking of each that is not known takes time. */
const maxKeys = 100;

/**
 * A hook that refuses a body which names too many sessions, by their number alone: before each is looked at.
 *
 * @throws ApiError close_limit_error, or decode_error where it has too many keys
 */
export function limitNamed(closeLimit: number | null = null): preValidationAsyncHookHandler {
  const limit = Math.min(closeLimit ?? maxNamed, maxNamed);
  return async ({ body }) => {
    if (typeof body !== 'object' || body === null) return; // the schema says what is wrong
    const named = Array.isArray(body) ? body : (body as { locations?: unknown }).locations;
    if (named !== body && Object.keys(body).length > maxKeys) {
      throw new ApiError('decode_error', `the body has more than ${maxKeys} keys, most of them not known here`);
    }
    if (!Array.isArray(named) || named.length <= limit) return;
    throw new ApiError(
      'close_limit_error',
      `one call may name ${limit} sessions here, and this one names ${named.length}; nothing was closed`,
    );
  };
}

/**
 * Locations that a body names, each once.
 *
 * @throws ApiError decode_error
 */
export function toLocations(texts: readonly string[]): readonly Location[] {
  const locations = new Map<string, Location>();
  for (const [i, text] of texts.entries()) {
    const location = parseLocation(text);
    if (location === null) throw new ApiError('decode_error', `locations.${i} is no location; the lists have them`);
    locations.set(text, location);
  }
  return [...locations.values()];
}

/**
 * Whoever closes many sessions, or sessions that write, has to say how many. A session that has ended since the plan was
 * seen does no harm: a location never means another one.
 *
 * @throws ApiError close_confirmation_error
 */
export function checkConfirmed(plan: ClosePlan, confirmed: number | undefined): void {
  const closable = plan.closes.filter(({ notClosable }) => notClosable === null);
  if (confirmed === undefined && toConfirm(plan) === null) return;
  if (confirmed !== undefined && confirmed >= closable.length && confirmed <= plan.closes.length) return;
  const what = [`${closable.length} sessions`, describeWriting(plan)].filter((text) => text !== '').join(', ');
  throw new ApiError(
    'close_confirmation_error',
    `this would close ${what}; to do so, send confirmed: ${closable.length}. Nothing was closed`,
  );
}
