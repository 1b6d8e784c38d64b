import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type {
  AccountStore,
  AuditLog,
  CloseOptions,
  CloseOutcome,
  ClosePlan,
  Closer,
  Logins,
  SessionSource,
  TokenStore,
  UserDirectory,
} from '../sessions/index.ts';

/** What the API stands on. */
export interface Services {
  readonly source: SessionSource;
  readonly directory: UserDirectory;
  readonly closer: Closer;
  readonly audit: AuditLog;
  readonly logins: Logins;
  readonly accounts: Pick<AccountStore, 'list'>;
  readonly tokens: TokenStore;
  /** The most sessions that one call may close; null for as many as it may name. */
  readonly closeLimit: number | null;
  readonly build: Build;
}

/** What the routes get: sessions, and what ends them, only as far as whoever asks may see and close them. */
export interface RouteServices extends Omit<Services, 'source' | 'directory' | 'closer'> {
  for(request: FastifyRequest): Scope;
  /** Whether sessions can be read now, or could be a second ago. */
  isReady(): Promise<boolean>;
  /** Lets no close begin any more, and those that have begun send nothing more. */
  stopCloses(): void;
  /** Once every close that has begun has ended, and been recorded. */
  closesEnd(): Promise<void>;
}

/** What one request may see and do, within the limits of its token. */
export interface Scope {
  readonly source: SessionSource;
  readonly directory: UserDirectory;
  /** For plans that are the answer: each is recorded. */
  readonly planner: Pick<Closer, 'plan'>;
  readonly closer: RecordedCloser;
}

export interface RecordedCloser extends Pick<Closer, 'plan'> {
  /**
   * As `close` of a Closer; it returns once what is to be closed has been recorded. Once the app ends, nothing more is sent.
   *
   * @throws AccessError AUDIT_UNWRITABLE, ApiError ending_error: nothing was sent
   */
  begin(plan: ClosePlan, options: CloseOptions): Promise<AsyncIterable<CloseOutcome>>;
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
