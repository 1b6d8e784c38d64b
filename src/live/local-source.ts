import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DecodeError } from '../samba/bytes/index.ts';
import type { SambaInstance } from '../samba/conf/index.ts';
import {
  decodeOpenGlobal,
  decodeSessionGlobal,
  decodeTconGlobal,
  LayoutDecoder,
  type OpenGlobal,
  type SessionGlobal,
  type TconGlobal,
} from '../samba/records/index.ts';
import { type TableState, TdbTable } from '../samba/tdb/index.ts';
import { type Full, now, type Part, type Problem, type Session, type SessionSource } from '../sessions/index.ts';
import { joinSessions, type Rows } from './join.ts';
import { Liveness, type LivenessCheck } from './liveness.ts';
import { toProblem } from './problems.ts';

/** While smbd starts, its files are empty or half made for some milliseconds. */
const startingMs = 1000;
const startingStepMs = 25;

export interface LocalSourceOptions {
  /** The instance's number in locations. */
  readonly instance: number;
  /** @throws InstanceError */
  readonly locate: () => SambaInstance;
}

/** The sessions of a Samba server on this machine, read from its own databases. */
export class LocalSource implements SessionSource, Disposable {
  private readonly options: LocalSourceOptions;
  private server: Server | undefined;

  constructor(options: LocalSourceOptions) {
    this.options = options;
  }

  async refresh(): Promise<Full> {
    const deadline = performance.now() + startingMs;
    for (;;) {
      const full = this.tryRefresh();
      const isStarting = full.parts[0]!.problems.some(({ code }) => code === 'TDB_TRUNCATED');
      if (!isStarting || performance.now() >= deadline) return full;
      await sleep(startingStepMs);
    }
  }

  [Symbol.dispose](): void {
    this.server?.[Symbol.dispose]();
    this.server = undefined;
  }

  private tryRefresh(): Full {
    const takenAt = now();
    let path = 'smb.conf';
    try {
      this.server ??= new Server(this.options.locate());
      path = this.server.lockDirectory;
      const { sessions, problems } = this.server.read(this.options.instance);
      return this.full(sessions, takenAt, problems);
    } catch (error) {
      // The server may come back elsewhere, or as another release: start anew.
      if (!(error instanceof DecodeError)) this[Symbol.dispose]();
      return this.full([], null, [error instanceof ServerProblem ? error.problem : toProblem(error, path)]);
    }
  }

  private full(sessions: readonly Session[], takenAt: number | null, problems: readonly Problem[]): Full {
    const verdict = problems.length === 0 ? 'complete' : 'partial';
    const part: Part = { instance: this.options.instance, node: null, takenAt, verdict, problems };
    return { kind: 'full', parts: [part], sessions };
  }
}

/** What keeps a whole server from being read. */
class ServerProblem extends Error {
  readonly problem: Problem;

  constructor(code: string, message: string) {
    super(message);
    this.problem = { code, message };
  }
}

class Server implements Disposable {
  readonly lockDirectory: string;
  private readonly instance: SambaInstance;
  private readonly liveness: Liveness;
  private readonly opens: Database<OpenGlobal>;
  private readonly tcons: Database<TconGlobal>;
  private readonly sessions: Database<SessionGlobal>;
  private joined: (Rows & { readonly liveness: LivenessCheck; readonly list: readonly Session[] }) | undefined;

  constructor(instance: SambaInstance) {
    if (instance.isClustered) {
      const message =
        'this Samba is part of a CTDB cluster (clustering = yes); its own files alone would give a wrong list, and clusters are not served yet';
      throw new ServerProblem('SAMBA_CLUSTERED', message);
    }
    this.instance = instance;
    this.lockDirectory = instance.lockDirectory;
    this.liveness = new Liveness(instance);
    this.opens = new Database(join(this.lockDirectory, 'smbXsrv_open_global.tdb'), new LayoutDecoder(decodeOpenGlobal));
    this.tcons = new Database(join(this.lockDirectory, 'smbXsrv_tcon_global.tdb'), new LayoutDecoder(decodeTconGlobal));
    const watched = new LayoutDecoder(decodeSessionGlobal, true);
    this.sessions = new Database(join(this.lockDirectory, 'smbXsrv_session_global.tdb'), watched);
  }

  /** Sessions are read last: what they own was there before them. */
  read(instanceNumber: number): { sessions: readonly Session[]; problems: Problem[] } {
    const opens = this.opens.refresh();
    const tcons = this.tcons.refresh();
    const sessions = this.sessions.refresh();
    if (!this.liveness.isServerRunning()) {
      throw new ServerProblem(
        'SAMBA_ABSENT',
        `no smbd runs whose lock directory is ${this.lockDirectory}; start it, or name its smb.conf with --smb-conf`,
      );
    }
    const rows = { opens: opens.records, tcons: tcons.records, sessions: sessions.records };
    const problems = [this.opens, this.tcons, this.sessions].flatMap((database) => database.problems());
    const liveness = this.liveness.check();
    if (this.joined === undefined || !isSame(this.joined, rows) || !this.joined.liveness.isSameAs(liveness)) {
      this.joined = { ...rows, liveness, list: this.join(rows, liveness, instanceNumber) };
    }
    return { sessions: this.joined.list, problems };
  }

  private join(rows: Rows, liveness: LivenessCheck, instance: number): readonly Session[] {
    const { netbiosName, isDomainMember, forcedShares } = this.instance;
    return joinSessions(rows, {
      instance,
      lives: (serverId) => liveness.lives(serverId),
      forcedShares,
      isLocalDomain: (name: string | null) => !isDomainMember || name?.toUpperCase() === netbiosName,
    });
  }

  [Symbol.dispose](): void {
    for (const database of [this.opens, this.tcons, this.sessions]) database[Symbol.dispose]();
  }
}

/** A table that did not change is the same object. */
function isSame(a: Rows, b: Rows): boolean {
  return a.opens === b.opens && a.tcons === b.tcons && a.sessions === b.sessions;
}

/** One of the server's files. Its errors name it. */
class Database<V> implements Disposable {
  private readonly path: string;
  private readonly table: TdbTable<number, V>;
  private state: TableState<number, V> | undefined;

  constructor(path: string, decoder: LayoutDecoder<V>) {
    this.path = path;
    this.table = new TdbTable(path, decoder);
  }

  refresh(): TableState<number, V> {
    try {
      this.state = this.table.refresh();
      return this.state;
    } catch (error) {
      const { code, message } = toProblem(error, this.path);
      throw new ServerProblem(code, message);
    }
  }

  problems(): Problem[] {
    return (this.state?.problems ?? []).map(({ code, message, key }) => ({
      code,
      message: `${this.path}${key === null ? '' : `, record ${key}`}: ${message}`,
    }));
  }

  [Symbol.dispose](): void {
    this.table[Symbol.dispose]();
  }
}
