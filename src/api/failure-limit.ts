import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './errors.ts';
import { addressOf } from './events.ts';

const windowMs = 60_000;

/** How often an address may fail at something in a minute; for IPv6 a whole /64 is one address. */
export interface FailureLimit {
  /** Whether one more would be too many. */
  isReached(request: FastifyRequest): Promise<boolean>;
  /** Counts one more. */
  count(request: FastifyRequest): Promise<Failure>;
}

export interface Failure {
  readonly isTooMany: boolean;
  /** The first of this minute that is too many. */
  readonly isFirstTooMany: boolean;
  /** Seconds until the address may fail again. */
  readonly retryAfter: number;
}

const allowed: Failure = { isTooMany: false, isFirstTooMany: false, retryAfter: 0 };

/** The app must have @fastify/rate-limit. Who comes through a socket of this machine has no address, and no limit. */
export function limitFailures(app: FastifyInstance, perMinute: number): FailureLimit {
  const ask = app.createRateLimit({
    max: perMinute,
    timeWindow: windowMs,
    ban: 1, // reached by the second that is too many
    keyGenerator: (request) => normalizeIP(addressOf(request)!),
  });
  return {
    async isReached(request) {
      if (addressOf(request) === null) return false;
      const found = await ask(request, { increment: false });
      return !found.isAllowed && found.remaining === 0;
    },
    async count(request) {
      if (addressOf(request) === null) return allowed;
      const found = await ask(request);
      if (found.isAllowed || !found.isExceeded) return allowed;
      return { isTooMany: true, isFirstTooMany: !found.isBanned, retryAfter: found.ttlInSeconds };
    },
  };
}

export function tooMany(what: string, retryAfter: number): ApiError {
  const seconds = String(Math.max(1, retryAfter));
  return new ApiError('rate_limit_error', `${what}; try again in ${seconds} s`, { 'retry-after': seconds });
}
