import type { ConfigValues, FallbackValues } from '../config/index.ts';
import type { Closer, Diagnosis, SessionSource, UserDirectory } from '../sessions/index.ts';
import type { ExitCode } from './exit-codes.ts';

/** Which sessions a command is about: those of the Samba on this machine, or what another smbwho lists. */
export interface SourceOptions extends FallbackValues {
  readonly smbConf?: readonly string[];
  readonly runDir: string;
  readonly server?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly fingerprint?: string;
}

export interface ServeOptions extends FallbackValues {
  readonly smbConf?: readonly string[];
  readonly listen: string;
  readonly tls: string;
  readonly stateDir: string;
  readonly runDir: string;
  readonly closeLimit?: string;
  /** A folder to replay instead of a running server. */
  readonly recording?: string;
}

/** A source of sessions, and what ends them, for the length of one command. */
export interface OpenSource extends Disposable {
  readonly source: SessionSource;
  readonly directory: UserDirectory;
  readonly closer: Closer;
}

export interface FileInspection {
  readonly struct: string | null;
  readonly layouts: readonly string[];
  readonly records: readonly { readonly key: string; readonly value: unknown }[];
  readonly problems: readonly string[];
}

/** What the commands need of the world. */
export interface CliContext {
  readonly version: string;
  readonly config: ConfigValues;
  /** Columns of the terminal that stdout is; null where it is none. */
  readonly width: number | null;
  readonly colour: boolean;
  /** Asks on the terminal; null is answered by who would rather not. Null where stdin is no terminal. */
  readonly ask: ((question: string) => Promise<string | null>) | null;
  /** @throws errors with a `code` of docs/errors.md, as all of these */
  openSource(options: SourceOptions): Promise<OpenSource>;
  /** Serves until the process is told to end. */
  serve(
    options: ServeOptions,
  ): Promise<{ readonly url: string; readonly tokenPath: string; readonly notes: readonly string[] }>;
  diagnose(options: SourceOptions): Promise<Diagnosis>;
  inspect(path: string): FileInspection;
  /** Makes the token of a state folder where there is none, and returns it. */
  createToken(stateDir: string): string;
  stdout(text: string): void;
  stderr(text: string): void;
  exit(code: ExitCode): void;
}
