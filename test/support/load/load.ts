import { type Dialect, Smb2Connection } from '../smb2/index.ts';
import { HeldSession, type SessionSummary } from './held-session.ts';
import { repeat } from './repeat.ts';

/** Which sessions to make. */
export type HoldOptions = {
  readonly host: string;
  readonly port: number;
  /** The sessions take turns with the users. */
  readonly users: readonly { readonly user: string; readonly password: string }[];
  readonly sessions: number;
  /** TCP connections, each with its own process on the server. By default 20. */
  readonly connections?: number;
  /** The shares that each session connects to. By default none. */
  readonly shares?: readonly string[];
  /** Open files of each session, on its shares in turn; those must be writable. By default 1, or 0 without shares. */
  readonly opensPerSession?: number;
  /** How often each connection sends an ECHO. By default 30 s; 0 for never. */
  readonly keepAliveMs?: number;
  /** Logins under way at once on each connection. By default 8. */
  readonly concurrency?: number;
  readonly dialects?: readonly Dialect[];
  readonly encrypt?: boolean;
  readonly sign?: boolean;
  /** Called whenever one more session is held. */
  readonly onProgress?: (held: number, wanted: number) => void;
};

/** Sessions that are held until they are released. */
export class Load {
  readonly #connections: readonly Smb2Connection[];
  readonly #sessions: readonly HeldSession[];
  readonly #keepAlive: NodeJS.Timeout | undefined;
  #nextToTouch = 0;

  /** @internal */
  constructor(connections: readonly Smb2Connection[], sessions: readonly HeldSession[], keepAliveMs: number) {
    this.#connections = connections;
    this.#sessions = sessions;
    if (keepAliveMs > 0) this.#keepAlive = setInterval(() => this.#echo(), keepAliveMs).unref();
  }

  get sessions(): readonly SessionSummary[] {
    return this.#sessions;
  }

  /** Makes the next `count` sessions do a small change: each connects one more tree, or ends it again. */
  async touch(count: number): Promise<readonly SessionSummary[]> {
    const touched = Array.from({ length: Math.min(count, this.#sessions.length) }, () => this.#takeNext());
    await Promise.all(touched.map((session) => session.touch()));
    return touched;
  }

  /** Ends all sessions by dropping their connections. */
  async release(): Promise<void> {
    clearInterval(this.#keepAlive);
    for (const connection of this.#connections) connection.drop();
  }

  #takeNext(): HeldSession {
    const session = this.#sessions[this.#nextToTouch]!;
    this.#nextToTouch = (this.#nextToTouch + 1) % this.#sessions.length;
    return session;
  }

  #echo(): void {
    // A connection that is lost shows in what the test observes; here it only has no more use for echoes.
    for (const connection of this.#connections) connection.echo().catch(() => {});
  }
}

/** Makes many sessions as fast as the server allows, and holds them. Leaves an empty file per connection and share. */
export async function holdSessions(options: HoldOptions): Promise<Load> {
  const { sessions: wanted, keepAliveMs = 30_000, concurrency = 8, onProgress } = options;
  const connections = await openConnections(options);
  const sessions: HeldSession[] = [];
  let held = 0;
  const fill = (connection: Smb2Connection, index: number): Promise<void> => {
    const turns = Math.ceil((wanted - index) / connections.length);
    return repeat(turns, concurrency, async (turn) => {
      const number = turn * connections.length + index;
      sessions[number] = await holdSession(connection, { number, fileName: `held-${index}.tmp` }, options);
      onProgress?.(++held, wanted);
    });
  };
  try {
    await Promise.all(connections.map(fill));
  } catch (error) {
    for (const connection of connections) connection.drop();
    throw error;
  }
  return new Load(connections, sessions, keepAliveMs);
}

async function openConnections(options: HoldOptions): Promise<readonly Smb2Connection[]> {
  const { host, port, dialects, sessions, connections = 20 } = options;
  const count = Math.min(connections, sessions);
  const open = () => Smb2Connection.open({ host, port, ...(dialects && { dialects }) });
  const results = await Promise.allSettled(Array.from({ length: count }, open));
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (!failed) return opened;
  for (const connection of opened) connection.drop();
  throw failed.reason;
}

async function holdSession(
  connection: Smb2Connection,
  { number, fileName }: { readonly number: number; readonly fileName: string },
  { users, shares = [], opensPerSession = 1, encrypt = false, sign = false }: HoldOptions,
): Promise<HeldSession> {
  const session = await connection.login({ ...users[number % users.length]!, encrypt, sign });
  // All opens of a file share one record on the server, rewritten for each more: a single file for all would be slow.
  return HeldSession.hold(connection, session, { shares, opens: shares.length && opensPerSession, fileName });
}
