import { setTimeout as sleep } from 'node:timers/promises';
import { access, type Session, Smb2Connection } from '../smb2/index.ts';
import { Dice } from './dice.ts';
import type { LoadTarget } from './steady.ts';

export interface ChurnOptions extends LoadTarget {
  readonly seed: number;
  /** Clients at once, each with one TCP connection or, with channels, up to 32. */
  readonly clients: number;
  /** Logins a second that all together try to make. */
  readonly loginsPerSecond: number;
}

/** What was done so far. */
export interface ChurnCounts {
  connections: number;
  /** Session setups that were completed; bindings of further channels not counted. */
  logins: number;
  bindings: number;
  halfLogins: number;
  treeConnects: number;
  opens: number;
  logoffs: number;
  /** Connections reset with all that was on them. */
  drops: number;
  /** What went wrong, by code: CONNECTION_LOST where the server's process was killed. */
  errors: Record<string, number>;
}

export function noChurn(): ChurnCounts {
  return {
    connections: 0,
    logins: 0,
    bindings: 0,
    halfLogins: 0,
    treeConnects: 0,
    opens: 0,
    logoffs: 0,
    drops: 0,
    errors: {},
  };
}

/** A server's process that is stopped for good must not stop a client. */
const patienceMs = 15_000;
const maxChannels = 32;

/** Clients that come, grow and go, without end until they are told so. */
export class Churn {
  readonly counts = noChurn();
  readonly #options: ChurnOptions;
  readonly #startedAt = performance.now();
  #planned = 0;
  #isOver = false;

  constructor(options: ChurnOptions) {
    this.#options = options;
  }

  /** Returns once `stop` was called and all clients have gone. */
  async run(): Promise<void> {
    const { clients, seed } = this.#options;
    await Promise.all(
      Array.from({ length: clients }, async (_, index) => {
        const dice = new Dice(seed * 1000 + index);
        while (!this.#isOver) await this.#visit(dice, `churn-${index}.tmp`);
      }),
    );
  }

  stop(): void {
    this.#isOver = true;
  }

  /** One client from its first connection to its end. */
  async #visit(dice: Dice, fileName: string): Promise<void> {
    const connections: Smb2Connection[] = [];
    const dropAll = () => {
      for (const connection of connections) connection.drop();
    };
    const watchdog = setTimeout(dropAll, patienceMs);
    try {
      const main = await this.#connect(connections);
      const kind = dice.next();
      if (kind < 0.6) await this.#crowd(main, dice, fileName);
      else if (kind < 0.9) await this.#grow(main, connections, dice, fileName);
      else await this.#breakOff(main, dice);
      if (dice.isUnder(0.5)) {
        this.counts.drops += connections.length;
        dropAll();
      } else {
        await Promise.all(connections.map((connection) => connection.close()));
      }
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (typeof code !== 'string') throw error;
      this.counts.errors[code] = (this.counts.errors[code] ?? 0) + 1;
      dropAll();
      await sleep(20);
    } finally {
      clearTimeout(watchdog);
    }
  }

  /** Several sessions on one connection, some of which log off. */
  async #crowd(main: Smb2Connection, dice: Dice, fileName: string): Promise<void> {
    const size = dice.between(1, 16);
    const sessions: Session[] = [];
    for (let i = 0; i < size && !this.#isOver; i++) {
      const session = await this.#login(main, dice);
      sessions.push(session);
      await this.#use(session, dice, fileName, 3);
      if (dice.isUnder(0.3)) await this.#logoff(sessions.splice(dice.between(0, sessions.length - 1), 1)[0]!);
    }
    if (dice.isUnder(0.5)) await sleep(dice.between(0, 500));
    if (dice.isUnder(0.5)) for (const session of sessions) await this.#logoff(session);
  }

  /** One session that gets more channels, and more trees in between. */
  async #grow(main: Smb2Connection, connections: Smb2Connection[], dice: Dice, fileName: string): Promise<void> {
    const session = await this.#login(main, dice);
    const channels = main.dialect === '2.1' ? 1 : dice.isUnder(0.1) ? maxChannels : dice.between(1, 6);
    while (connections.length < channels && !this.#isOver) {
      const connection = await this.#connect(connections, main.clientGuid);
      await connection.bind(session);
      this.counts.bindings++;
      await this.#use(session, dice, fileName, 1);
    }
  }

  /** Logins that are never finished. */
  async #breakOff(main: Smb2Connection, dice: Dice): Promise<void> {
    for (let left = dice.between(1, 4); left > 0; left--) {
      await main.beginLogin(dice.pick(this.#options.users));
      this.counts.halfLogins++;
    }
    if (dice.isUnder(0.5)) await sleep(dice.between(0, 200));
  }

  async #connect(connections: Smb2Connection[], clientGuid?: Buffer): Promise<Smb2Connection> {
    const { host, port } = this.#options;
    const connection = await Smb2Connection.open({ host, port, ...(clientGuid && { clientGuid }) });
    connections.push(connection);
    this.counts.connections++;
    return connection;
  }

  async #login(connection: Smb2Connection, dice: Dice): Promise<Session> {
    await this.#keepPace();
    const session = await connection.login({ ...dice.pick(this.#options.users), encrypt: dice.isUnder(0.1) });
    this.counts.logins++;
    return session;
  }

  async #use(session: Session, dice: Dice, fileName: string, most: number): Promise<void> {
    for (let trees = dice.between(0, most); trees > 0; trees--) {
      const tree = await session.connect(dice.isUnder(0.2) ? 'IPC$' : dice.pick(this.#options.shares));
      this.counts.treeConnects++;
      if (tree.isPipe) continue;
      for (let opens = dice.between(0, 2); opens > 0; opens--) {
        const file = await tree.open(fileName, { disposition: 'open_if', access: access.read });
        this.counts.opens++;
        if (dice.isUnder(0.5)) await file.close();
      }
      if (dice.isUnder(0.2)) await tree.disconnect();
    }
  }

  async #logoff(session: Session): Promise<void> {
    await session.logoff();
    this.counts.logoffs++;
  }

  /** Waits until the next login is due. What was missed is not made up for in a rush. */
  async #keepPace(): Promise<void> {
    const stepMs = 1000 / this.#options.loginsPerSecond;
    const elapsedMs = performance.now() - this.#startedAt;
    this.#planned = Math.max(this.#planned + 1, Math.floor(elapsedMs / stepMs) - this.#options.clients);
    const waitMs = this.#planned * stepMs - elapsedMs;
    if (waitMs > 0) await sleep(waitMs);
  }
}
