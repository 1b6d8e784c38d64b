import type { FastifyInstance, FastifyRequest } from 'fastify';
import { networkOf } from './client-address.ts';
import { ApiError } from './errors.ts';

const windowMs = 60_000;

/** How often an address may fail at something in a minute. */
export interface FailureLimit {
  /** Whether one more would be too many. */
  isReached(request: FastifyRequest): Promise<boolean>;
  /**
   * Counts one more.
   *
   * @returns null, or where that is too many, seconds until the address may fail again
   */
  count(request: FastifyRequest): Promise<number | null>;
}

/** The app must have @fastify/rate-limit. Who comes through a socket of this machine has no address, and no limit. */
export function limitFailures(app: FastifyInstance, perMinute: number): FailureLimit {
  const ask = app.createRateLimit({
    max: perMinute,
    timeWindow: windowMs,
    ban: 1, // reached by the second that is too many
    keyGenerator: networkOf,
  });
  return {
    async isReached(request) {
      if (request.address === null) return false;
      const found = await ask(request, { increment: false });
      return !found.isAllowed && found.remaining === 0;
    },
    async count(request) {
      if (request.address === null) return null;
      const found = await ask(request);
      return found.isAllowed || !found.isExceeded ? null : found.ttlInSeconds;
    },
  };
}

export function tooMany(what: string, retryAfter: number): ApiError {
  const seconds = String(Math.max(1, retryAfter));
  return new ApiError('rate_limit_error', `${what}; try again in ${seconds} s`, { 'retry-after': seconds });
}
