import type { ConfigValues, FallbackValues } from '../config/index.ts';
import type {
  AccountStore,
  AuditEntry,
  AuditOperation,
  AuditReceipt,
  Closer,
  Diagnosis,
  FileCloser,
  FileSource,
  Instant,
  Roles,
  SessionSource,
  TokenStore,
  UserDirectory,
} from '../sessions/index.ts';
import type { ExitCode } from './exit-codes.ts';

/** Which sessions a command is about: those of the Samba on this machine, or what another smbwho lists. */
export interface SourceOptions extends FallbackValues {
  readonly smbConf?: readonly string[];
  readonly runDir: string;
  /** Where closes are recorded that no server carries out; needed by whoever closes. */
  readonly stateDir?: string;
  readonly server?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly fingerprint?: string;
  /** Lets a token be sent where it can be read on the way. */
  readonly allowPlainHttp?: boolean;
}

export interface ServeOptions extends FallbackValues {
  readonly smbConf?: readonly string[];
  readonly listen: string;
  readonly tls: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly allowPlainHttp: boolean;
  /** Names. */
  readonly allowedHost?: readonly string[];
  /** Addresses or networks. */
  readonly trustedProxy?: readonly string[];
  readonly auditRetention: string;
  readonly stateDir: string;
  readonly runDir: string;
  readonly closeLimit?: string;
  readonly roles: Roles;
  /** A folder to replay instead of a running server. */
  readonly recording?: string;
}

/** A source of sessions and open files, and what ends them, for the length of one command. */
export interface OpenSource extends Disposable {
  readonly source: SessionSource;
  readonly directory: UserDirectory;
  readonly closer: Closer;
  readonly files: FileSource;
  readonly fileCloser: FileCloser;
}

export interface FileInspection {
  readonly struct: string | null;
  readonly layouts: readonly string[];
  readonly records: readonly { readonly key: string; readonly value: unknown }[];
  readonly problems: readonly string[];
}

/** Who may, as a state folder has it, for the length of one command. Each change is recorded before it is made. */
export interface OpenState extends Disposable {
  readonly tokens: TokenStore;
  readonly accounts: AccountStore;
  /** The token in the state folder's file, made where there is none that is valid. */
  firstToken(): Promise<string>;
}

/** The record of a state folder, for the length of one command. */
export interface OpenRecord extends Disposable {
  /** The newest first, not more than `limit`. */
  entries(filter: RecordFilter, limit: number): readonly AuditEntry[];
  /** @throws AccessError AUDIT_BROKEN with the first entry that is not as it was, or not the one that is known */
  verify(known: readonly AuditReceipt[]): ChainEnds;
  /** Lines of JSON that can be verified without the state folder. */
  exportLines(): Iterable<string>;
}

/** Which entries to have; what is not named does not count. */
export interface RecordFilter {
  readonly operation?: AuditOperation;
  /** Name of who did it, in any case. */
  readonly actor?: string;
  readonly target?: string;
  readonly since?: Instant;
  /** Only those with a lower number. */
  readonly before?: number;
}

/** A chain without a fault: its entries are those after the anchor, up to the head. */
export interface ChainEnds {
  readonly anchor: AuditReceipt;
  readonly head: AuditReceipt;
}

export type Ask = (question: string) => Promise<string | null>;

/** What the commands need of the world. */
export interface CliContext {
  readonly version: string;
  readonly config: ConfigValues;
  /** Columns of the terminal that stdout is; null where it is none. */
  readonly width: number | null;
  readonly colour: boolean;
  /** Asks on the terminal; null is answered by who would rather not. Null where stdin is no terminal. */
  readonly ask: Ask | null;
  /** The same for what must not be seen on the screen. */
  readonly askHidden: Ask | null;
  /** @throws errors with a `code` of docs/errors.md, as all of these */
  openSource(options: SourceOptions): Promise<OpenSource>;
  /** Serves until the process is told to end. `tokenPath`: the file of the first token, where it is still there. */
  serve(
    options: Omit<ServeOptions, 'roles'>,
  ): Promise<{ readonly url: string; readonly tokenPath: string | null; readonly notes: readonly string[] }>;
  diagnose(options: SourceOptions): Promise<Diagnosis>;
  inspect(path: string): FileInspection;
  openState(stateDir: string): OpenState;
  openRecord(stateDir: string): OpenRecord;
  /** Verifies what `OpenRecord.export` wrote. */
  verifyExport(path: string, known: readonly AuditReceipt[]): ChainEnds;
  /** The text of a file; of stdin for `-`. */
  readText(path: string): string;
  stdout(text: string): void;
  stderr(text: string): void;
  exit(code: ExitCode): void;
}
