import { access, type Dialect, type Session, Smb2Connection, type Tree } from '../smb2/index.ts';

/** Where sessions are made, and by whom. */
export interface LoadTarget {
  readonly host: string;
  readonly port: number;
  readonly users: readonly { readonly user: string; readonly password: string }[];
  /** Writable ones. */
  readonly shares: readonly string[];
}

/** A session as its client knows it. */
export interface SteadySession {
  readonly sessionGlobalId: number;
  readonly user: string;
  /** One for each tree connect, sorted. */
  readonly shares: readonly string[];
  readonly opens: number;
  readonly dialect: Dialect;
  /** The client's port of each channel, first channel first. */
  readonly ports: readonly number[];
}

/** Sessions of many shapes that do nothing any more, so that they must stay in every list just as they are. */
export interface SteadySessions extends Disposable {
  readonly sessions: readonly SteadySession[];
}

const sessionsPerConnection = 10;
const dialects: readonly Dialect[] = ['3.1.1', '3.0.2', '2.1', '3.1.1'];

/**
 * Holds `count` sessions, ten on each TCP connection: several users and dialects, one to three tree connects, up to four
 * opens, some encrypted; on every fourth connection with up to five channels.
 */
export async function holdSteadySessions(target: LoadTarget, count: number): Promise<SteadySessions> {
  const stack = new DisposableStack();
  const sessions: SteadySession[] = [];
  try {
    for (let first = 0; first < count; first += sessionsPerConnection) {
      const size = Math.min(sessionsPerConnection, count - first);
      sessions.push(...(await holdOnOneConnection(target, first, size, stack)));
    }
  } catch (error) {
    stack.dispose();
    throw error;
  }
  return { sessions, [Symbol.dispose]: () => stack.dispose() };
}

async function holdOnOneConnection(
  { host, port, users, shares }: LoadTarget,
  first: number,
  size: number,
  stack: DisposableStack,
): Promise<SteadySession[]> {
  const index = first / sessionsPerConnection;
  const options = { host, port, dialects: [dialects[index % dialects.length]!] };
  const connect = async (clientGuid?: Buffer) => {
    const connection = await Smb2Connection.open({ ...options, ...(clientGuid && { clientGuid }) });
    stack.defer(() => connection.drop());
    return connection;
  };
  const main = await connect();
  const others: Smb2Connection[] = [];
  if (index % 4 === 0) for (let i = 0; i <= index % 5; i++) others.push(await connect(main.clientGuid));

  const held: SteadySession[] = [];
  for (let number = first; number < first + size; number++) {
    const encrypt = number % 7 === 3 && main.dialect !== '2.1';
    const session = await main.login({ ...users[number % users.length]!, encrypt });
    const names = shares.filter((_, i) => i <= number % 3);
    const trees: Tree[] = [];
    for (const name of names) trees.push(await session.connect(name));
    const opens = number % 5;
    for (let i = 0; i < opens; i++) {
      await trees[i % trees.length]!.open(`steady-${index}.tmp`, { disposition: 'open_if', access: access.read });
    }
    const channels = number % 2 === 0 ? others : [];
    for (const connection of channels) await connection.bind(session);
    held.push({
      sessionGlobalId: globalIdOf(session),
      user: session.user,
      shares: names.toSorted(),
      opens,
      dialect: main.dialect,
      ports: [main, ...channels].map(({ localPort }) => localPort),
    });
  }
  return held;
}

/** The low half of a session id on the wire is `session_global_id`. */
function globalIdOf({ id }: Session): number {
  return Number(id & 0xffff_ffffn);
}
