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
  FileCloseOutcome,
  FileClosePlan,
  FileCloser,
  FileSource,
  Logins,
  SessionSource,
  ShareSource,
  TokenStore,
  UserDirectory,
} from '../sessions/index.ts';

/** What the API stands on. */
export interface Services {
  readonly source: SessionSource;
  readonly directory: UserDirectory;
  readonly closer: Closer;
  readonly files: FileSource;
  readonly fileCloser: FileCloser;
  readonly shares: ShareSource;
  readonly audit: AuditLog;
  readonly logins: Logins;
  readonly accounts: Pick<AccountStore, 'list'>;
  readonly tokens: TokenStore;
  /** The most sessions, or files, that one call may close; null for as many as it may name. */
  readonly closeLimit: number | null;
  readonly build: Build;
}

/** What the routes get: sessions, files and what ends them, only as far as whoever asks may see and close them. */
export interface RouteServices extends Omit<Services, keyof Scope> {
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
  readonly closer: Recorded<Closer, ClosePlan, CloseOptions, CloseOutcome>;
  readonly files: FileSource;
  readonly filePlanner: Pick<FileCloser, 'plan'>;
  readonly fileCloser: Recorded<FileCloser, FileClosePlan, Parameters<FileCloser['close']>[1], FileCloseOutcome>;
  readonly shares: ShareSource;
}

/** A closer that records what it does. */
export type Recorded<C extends Pick<Closer | FileCloser, 'plan'>, Plan, Options, Outcome> = Pick<C, 'plan'> & {
  /**
   * As `close` of the closer; it returns once what is to be closed has been recorded. Once the app ends, nothing more is
   * sent.
   *
   * @throws AccessError AUDIT_UNWRITABLE, ApiError ending_error: nothing was sent
   */
  begin(plan: Plan, options: Options): Promise<AsyncIterable<Outcome>>;
};

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
