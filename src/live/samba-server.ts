import { join } from 'node:path';
import type { SambaInstance } from '../samba/conf/index.ts';
import {
  decodeOpenGlobal,
  decodeSessionGlobal,
  decodeTconGlobal,
  type Layout,
  LayoutDecoder,
  type OpenGlobal,
  type ServerId,
  type SessionGlobal,
  type TconGlobal,
} from '../samba/records/index.ts';
import type { TableStats } from '../samba/tdb/index.ts';
import type { Problem, Session } from '../sessions/index.ts';
import { Database, ServerProblem } from './database.ts';
import { FileTables } from './files/file-tables.ts';
import { joinSessions, type Rows } from './join.ts';
import { Liveness, type LivenessCheck } from './liveness.ts';

type SessionDatabase<V> = Database<number, V, LayoutDecoder<V>>;

/** A list of sessions, and the rows that it was made from. */
export interface Joined extends Rows {
  readonly liveness: LivenessCheck;
  readonly list: readonly Session[];
}

/** One Samba server on this machine: its files, kept, and the sessions that they were last joined to. */
export class SambaServer implements Disposable {
  readonly instance: SambaInstance;
  private readonly liveness: Liveness;
  private readonly opens: SessionDatabase<OpenGlobal>;
  private readonly tcons: SessionDatabase<TconGlobal>;
  private readonly sessions: SessionDatabase<SessionGlobal>;
  /** What is open, read when that is asked for. */
  readonly files: FileTables;
  private joined: Joined | undefined;

  constructor(instance: SambaInstance) {
    if (instance.isClustered) {
      const message =
        'this Samba is part of a CTDB cluster (clustering = yes); its own files alone would give a wrong list, and clusters are not served yet';
      throw new ServerProblem('SAMBA_CLUSTERED', message);
    }
    this.instance = instance;
    const { lockDirectory } = instance;
    this.liveness = new Liveness(instance);
    this.opens = new Database(join(lockDirectory, 'smbXsrv_open_global.tdb'), new LayoutDecoder(decodeOpenGlobal));
    this.tcons = new Database(join(lockDirectory, 'smbXsrv_tcon_global.tdb'), new LayoutDecoder(decodeTconGlobal));
    const watched = new LayoutDecoder(decodeSessionGlobal, true);
    this.sessions = new Database(join(lockDirectory, 'smbXsrv_session_global.tdb'), watched);
    this.files = new FileTables(lockDirectory);
  }

  read(instanceNumber: number): { sessions: readonly Session[]; problems: Problem[] } {
    const rows = this.readRows();
    if (!this.liveness.isServerRunning()) {
      throw new ServerProblem(
        'SAMBA_ABSENT',
        `no smbd runs whose lock directory is ${this.instance.lockDirectory}; start it, or name its smb.conf with --smb-conf`,
      );
    }
    const liveness = this.liveness.check();
    if (this.joined === undefined || !isSame(this.joined, rows) || !this.joined.liveness.isSameAs(liveness)) {
      this.joined = { ...rows, liveness, list: this.join(rows, liveness, instanceNumber) };
    }
    return { sessions: this.joined.list, problems: this.problems() };
  }

  private join(rows: Rows, liveness: LivenessCheck, instance: number): readonly Session[] {
    const { netbiosName, isDomainMember, directory, forcedShares } = this.instance;
    return joinSessions(rows, {
      instance,
      lives: (serverId) => liveness.lives(serverId),
      forcedShares,
      isLocalDomain: (name: string | null) => !isDomainMember || name?.toUpperCase() === netbiosName,
      dnsNameOf: (name) =>
        name?.toUpperCase() === directory?.name.toUpperCase() ? (directory?.dnsName ?? null) : null,
    });
  }

  /** All records as they are now. Sessions are read last: what they own was there before them. */
  readRows(): Rows {
    const opens = this.opens.refresh().records;
    const tcons = this.tcons.refresh().records;
    return { opens, tcons, sessions: this.readSessions() };
  }

  /** What could not be read of the records when they were last read. */
  problems(): Problem[] {
    return [this.opens, this.tcons, this.sessions].flatMap((database) => database.problems());
  }

  /** The session records alone, as they are now. */
  readSessions(): Rows['sessions'] {
    return this.sessions.refresh().records;
  }

  /** Whether a process lives at this very moment. */
  livesNow(serverId: ServerId): boolean {
    return this.liveness.livesNow(serverId);
  }

  /** The last list, and the rows that it was made from; null before the first. */
  get lastRows(): Joined | null {
    return this.joined ?? null;
  }

  /** What the files held when they were last read. */
  examine(): Examination {
    const [opens, tcons, sessions] = [this.opens, this.tcons, this.sessions];
    const fitting = [opens, tcons, sessions].map(({ decoder }) => decoder.fitting).filter((rows) => rows.length > 0);
    return {
      layouts: fitting.length === 0 ? [] : fitting.reduce((all, rows) => all.filter((row) => rows.includes(row))),
      numOpens: opens.size,
      numTreeConnects: tcons.size,
      numSessions: sessions.size,
    };
  }

  /** What the last reading of the files cost and met. */
  get stats(): readonly TableStats[] {
    return [this.opens, this.tcons, this.sessions].flatMap(({ stats }) => stats ?? []);
  }

  [Symbol.dispose](): void {
    for (const database of [this.opens, this.tcons, this.sessions, this.files]) database[Symbol.dispose]();
  }
}

/** Records of a server's files, live and dead, and the layouts that read all of them. */
export interface Examination {
  /** Newest first; empty where there was no record to tell by. */
  readonly layouts: readonly Layout[];
  readonly numOpens: number;
  readonly numTreeConnects: number;
  readonly numSessions: number;
}

/** A table that did not change is the same object. */
function isSame(a: Rows, b: Rows): boolean {
  return a.opens === b.opens && a.tcons === b.tcons && a.sessions === b.sessions;
}
