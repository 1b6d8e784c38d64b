import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Closer, SessionSource, UserDirectory } from '../sessions/index.ts';

/** What the routes stand on. */
export interface Services {
  readonly source: SessionSource;
  readonly directory: UserDirectory;
  readonly closer: Closer;
  /** The most sessions that one call may close; null for as many as it may name. */
  readonly closeLimit: number | null;
  readonly build: Build;
}

export interface Build {
  readonly version: string;
  /** ISO 8601 date. */
  readonly date: string;
}

/** The Fastify app whose schemas are TypeBox's. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
