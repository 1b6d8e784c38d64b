import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateSamba } from '../../test/support/samba/index.ts';
import { Smb2Connection } from '../../test/support/smb2/index.ts';
import type { Visitor } from './scripts.ts';
import { Desk } from './steps.ts';

/** How often held connections say that they are still there: smbd drops those without a tree connect after a minute. */
const aliveMs = 20_000;
/** How long machines wait before they connect again to a server that went away. */
const returnMs = 3_000;

/** One TCP connection to the demo's server, from a loopback address of its own; it ends with the signal. */
export class Machine implements AsyncDisposable {
  private readonly samba: PrivateSamba;
  private readonly connection: Smb2Connection;
  private readonly signal: AbortSignal;
  private readonly close = () => this.connection.close();

  static async connect(samba: PrivateSamba, localAddress: string, signal: AbortSignal): Promise<Machine> {
    signal.throwIfAborted();
    const connection = await Smb2Connection.open({ host: samba.host, port: samba.port, localAddress });
    return new Machine(samba, connection, signal);
  }

  private constructor(samba: PrivateSamba, connection: Smb2Connection, signal: AbortSignal) {
    this.samba = samba;
    this.connection = connection;
    this.signal = signal;
    signal.addEventListener('abort', this.close);
  }

  async login({ name, encrypt = false }: Visitor): Promise<Desk> {
    const account = this.samba.users.find(({ requestedName }) => requestedName === name);
    const credentials = { user: account?.name ?? name, password: account?.password ?? 'any' };
    return new Desk(await this.connection.login({ ...credentials, encrypt }), this.signal);
  }

  /** Returns when the connection is lost, or the signal was given. */
  async untilLost(): Promise<void> {
    try {
      for (;;) {
        await sleep(aliveMs, undefined, { signal: this.signal });
        await this.connection.echo();
      }
    } catch {
      // Gone either way.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal.removeEventListener('abort', this.close);
    await this.close();
  }
}

/** A machine whose visitors stay: where the server went away, it connects again. */
export class Residence {
  /** The machine as it is connected now. */
  current: Machine;
  /** Settles when the signal was given and the connection is closed. */
  readonly done: Promise<void>;

  /** Returns once all of the visitors are there. */
  static async open(
    samba: PrivateSamba,
    localAddress: string,
    visitors: readonly Visitor[],
    signal: AbortSignal,
  ): Promise<Residence> {
    const arrive = async () => {
      const machine = await Machine.connect(samba, localAddress, signal);
      try {
        for (const visitor of visitors) await (await machine.login(visitor)).work(visitor.steps);
        return machine;
      } catch (error) {
        await machine[Symbol.asyncDispose]();
        throw error;
      }
    };
    return new Residence(await arrive(), arrive, signal);
  }

  private constructor(first: Machine, arrive: () => Promise<Machine>, signal: AbortSignal) {
    this.current = first;
    this.done = this.stay(arrive, signal);
  }

  private async stay(arrive: () => Promise<Machine>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.current.untilLost();
      await this.current[Symbol.asyncDispose]();
      await sleep(returnMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      // The server is still away: the lost machine stands for the next one until it is back.
      this.current = await arrive().catch(() => this.current);
    }
  }
}
