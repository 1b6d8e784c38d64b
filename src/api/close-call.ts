import type { preValidationAsyncHookHandler } from 'fastify';
import type { CloseResult, Problem } from '../sessions/index.ts';
import { ApiError } from './errors.ts';

/** No call may name more: checking and planning them keeps all others waiting meanwhile. */
export const maxNamed = 20_000;

/** Room for so many whole session objects. */
export const closeBodyBytes = 4 * 1024 * 1024;

/** Far more than any body here has: the checking of each that is not known takes time. */
const maxKeys = 100;

/**
 * A hook that refuses a body which names too many sessions or files, by their number alone: before each is looked at.
 *
 * @throws ApiError close_limit_error, or decode_error where it has too many keys
 */
export function limitNamed(
  closeLimit: number | null = null,
  what: 'sessions' | 'files' = 'sessions',
): preValidationAsyncHookHandler {
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
      `one call may name ${limit} ${what} here, and this one names ${named.length}; nothing was closed`,
    );
  };
}

/**
 * Locations that a body names, each once.
 *
 * @throws ApiError decode_error
 */
export function toLocations<L>(texts: readonly string[], parse: (text: string) => L | null): readonly L[] {
  const locations = new Map<string, L>();
  for (const [i, text] of texts.entries()) {
    const location = parse(text);
    if (location === null) throw new ApiError('decode_error', `locations.${i} is no location; the lists have them`);
    locations.set(text, location);
  }
  return [...locations.values()];
}

/** The same of a body whose parts are answered one by one: what is no location is left out. */
export function distinct<L>(texts: readonly string[], parse: (text: string) => L | null): L[] {
  return [...new Set(texts)].map(parse).filter((location) => location !== null);
}

/** A plan, as far as all plans are alike. */
interface AnyPlan {
  readonly closes: readonly { readonly notClosable: string | null }[];
  readonly problems: readonly Problem[];
}

/**
 * Whoever closes many, or what is written to, has to say how many. What has ended since the plan was seen does no harm: a
 * location never means another one.
 *
 * @param toConfirm the number that has to be confirmed; null where none has to be
 * @param what what would be closed, in words: its number first
 * @throws ApiError close_confirmation_error
 */
export function checkConfirmed(
  { closes }: AnyPlan,
  toConfirm: number | null,
  confirmed: number | undefined,
  what: (count: number) => string,
): void {
  const { length } = closes.filter(({ notClosable }) => notClosable === null);
  if (confirmed === undefined && toConfirm === null) return;
  if (confirmed !== undefined && confirmed >= length && confirmed <= closes.length) return;
  throw new ApiError(
    'close_confirmation_error',
    `this would close ${what(length)}; to do so, send confirmed: ${length}. Nothing was closed`,
  );
}

/**
 * Where nothing can be read of any, nothing would be sent: that is the server's fault, not one of each.
 *
 * @throws ApiError samba_unavailable_error
 */
export function checkReadable({ closes, problems }: AnyPlan): void {
  if (closes.length === 0 || problems.length === 0) return;
  if (!closes.every(({ notClosable }) => notClosable === 'unreadable')) return;
  throw new ApiError('samba_unavailable_error', problems.map(({ code, message }) => `${code}: ${message}`).join('; '));
}

/** An outcome as the contract says it: empty where it was closed. Programs compare with these words. */
export function toErrorMessage({
  result,
  message,
}: {
  readonly result: CloseResult;
  readonly message: string;
}): string {
  if (result === 'closed') return '';
  return result === 'gone' ? 'already gone' : message || result;
}
