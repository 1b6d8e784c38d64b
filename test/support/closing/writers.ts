import { repeat } from '../load/repeat.ts';
import { idOf } from '../scenarios/visit.ts';
import { type OpenFile, type Session, Smb2Connection } from '../smb2/index.ts';

export interface HoldWritersOptions {
  readonly host: string;
  readonly port: number;
  /** The sessions of a connection take turns with the users. */
  readonly users: readonly { readonly user: string; readonly password: string }[];
  readonly share: string;
  readonly sessions: number;
  /** The sessions take turns with the connections. */
  readonly connections: number;
}

/** A session that has a file of its own open, and writes to it. */
export interface Writer {
  readonly sessionGlobalId: number;
  readonly user: string;
  /** Each connection has an address of its own. */
  readonly client: string;
}

interface Held extends Writer {
  readonly session: Session;
  readonly file: OpenFile;
  /** What its last write failed with; null where it did not. */
  failure: string | null;
  writes: number;
}

/** Many sessions on few connections, each of which writes to a file when told to. */
export class Writers implements AsyncDisposable {
  readonly #connections: readonly Smb2Connection[];
  readonly #held: Held[] = [];

  static async hold(options: HoldWritersOptions): Promise<Writers> {
    const { host, port, sessions, connections: count } = options;
    const connections: Smb2Connection[] = [];
    for (let i = 0; i < count; i++) {
      connections.push(await Smb2Connection.open({ host, port, localAddress: addressOf(i) }));
    }
    const writers = new Writers(connections);
    try {
      await Promise.all(
        connections.map((connection, index) =>
          repeat(Math.ceil((sessions - index) / count), 4, (turn) => writers.#add(connection, index, turn, options)),
        ),
      );
    } catch (error) {
      await writers[Symbol.asyncDispose]();
      throw error;
    }
    return writers;
  }

  private constructor(connections: readonly Smb2Connection[]) {
    this.#connections = connections;
  }

  get all(): readonly Writer[] {
    return this.#held;
  }

  /** Each writes once. Returns the failures, by session. */
  async write(): Promise<ReadonlyMap<number, string>> {
    await Promise.all(this.#held.map(writeOnce));
    return new Map(this.#held.flatMap(({ sessionGlobalId, failure }) => (failure ? [[sessionGlobalId, failure]] : [])));
  }

  /** All write as fast as they can while something is done. Returns the writes of the one that came to fewest. */
  async writeDuring(what: () => Promise<unknown>): Promise<number> {
    let isOver = false;
    const before = this.#held.map(({ writes }) => writes);
    const writing = this.#held.map(async (held) => {
      while (!isOver && held.failure === null) await writeOnce(held);
    });
    try {
      await what();
    } finally {
      isOver = true;
      await Promise.all(writing);
    }
    return Math.min(...this.#held.map(({ writes }, i) => writes - before[i]!));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection.drop();
  }

  async #add(connection: Smb2Connection, index: number, turn: number, options: HoldWritersOptions): Promise<void> {
    const credentials = options.users[turn % options.users.length]!;
    const session = await connection.login(credentials);
    const tree = await session.connect(options.share);
    const file = await tree.open(`writer-${index}-${turn}`, { disposition: 'open_if' });
    const sessionGlobalId = idOf(session.id);
    this.#held.push({
      sessionGlobalId,
      user: session.user,
      client: addressOf(index),
      session,
      file,
      failure: null,
      writes: 0,
    });
  }
}

function addressOf(connection: number): string {
  return `127.0.1.${connection + 1}`;
}

async function writeOnce(held: Held): Promise<void> {
  try {
    await held.file.write(`${held.writes}`);
    held.writes++;
    held.failure = null;
  } catch (error) {
    held.failure = (error as { code?: string }).code ?? String(error);
  }
}
