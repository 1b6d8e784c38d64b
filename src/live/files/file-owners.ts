import type { ForcedShares } from '../../samba/conf/index.ts';
import {
  isDisconnected,
  type OpenGlobal,
  type ServerId,
  type SessionGlobal,
  type ShareModeEntry,
  type ShareModes,
} from '../../samba/records/index.ts';
import type { Entry } from '../../samba/tdb/index.ts';
import type { Rows } from '../join.ts';
import { isSameProcess, OpenRecords } from './open-records.ts';

/** One open of a file or directory, as its share mode entry names it. */
export interface SessionFile {
  readonly fileId: string;
  readonly entry: ShareModeEntry;
  /** Its record, which has the file's path. */
  readonly modes: ShareModes;
}

/** What a session has open; or why that can't be told from what others have. */
export type SessionFiles =
  | { readonly files: readonly SessionFile[]; readonly reason: null }
  | { readonly files: null; readonly reason: string };

/** Whose an open is, and its record. Null where that can't be told, or there is none. */
export interface Owner {
  readonly open: OpenGlobal | null;
  readonly sessionGlobalId: number | null;
}

/** FILE_WRITE_DATA, FILE_APPEND_DATA, DELETE: [MS-SMB2] 2.2.13.1. */
const writing = 0x2 | 0x4 | 0x1_0000;

export function isForWriting({ entry }: Pick<SessionFile, 'entry'>): boolean {
  return (entry.accessMask & writing) !== 0;
}

/** One smbd process: what it has open, for whom, and why the one's can't be told from the other's by the user. */
interface Process {
  readonly files: readonly SessionFile[];
  readonly byUid: ReadonlyMap<number, readonly SessionFile[]>;
  readonly sessions: readonly SessionGlobal[];
  /** Sessions by the user's uid. */
  readonly numByUid: ReadonlyMap<number | null, number>;
  /** Whether it opens files as another user than the sessions' own, as far as can be told. */
  readonly opensAsOthers: boolean;
}

/**
 * Tells whose the share mode entries are. Since 4.23 the open record of an entry names its session. Before, the entry says
 * its process and the user's uid, which can be those of several sessions.
 */
export class FileOwners {
  private readonly rows: Rows;
  private readonly opens: OpenRecords;
  private readonly forced: ForcedShares;
  private readonly byPid = new Map<number, SessionFile[]>();
  private readonly sessionsByPid = new Map<number, SessionGlobal[]>();
  /** Empty where no entry names its session. Where some do, one that does not has been closed since. */
  private readonly bySession = new Map<number, SessionFile[]>();
  /** Processes that have files open whose open record, which would name the session, can't be read. */
  private readonly unclearPids = new Set<number>();
  /** Whether there is a session of which it is not known whose it is, nor which process serves it. */
  private readonly isSessionUnreadable: boolean;
  /** Worked out when first asked for: a process can serve thousands of sessions. */
  private readonly processes = new Map<string, Process>();
  private forcedSessions: ReadonlySet<number> | undefined;

  /** @param rows read after the share modes: the session of each entry is among them, or has ended */
  constructor(
    shareModes: ReadonlyMap<string, Pick<Entry<string, ShareModes>, 'value'>>,
    rows: Rows,
    forced: ForcedShares,
  ) {
    this.rows = rows;
    this.opens = new OpenRecords(rows.opens);
    this.forced = forced;
    for (const [fileId, { value }] of shareModes) {
      for (const entry of value?.entries ?? []) {
        const file = { fileId, entry, modes: value! };
        const open = this.opens.find(entry);
        add(this.byPid, entry.serverId.pid, file);
        if (open === 'unreadable') this.unclearPids.add(entry.serverId.pid);
        else if (open !== null && open.sessionGlobalId !== null) add(this.bySession, open.sessionGlobalId, file);
      }
    }
    let isSessionUnreadable = false;
    for (const { value } of rows.sessions.values()) {
      if (value === undefined) isSessionUnreadable = true;
      // One that has not yet authenticated has opened nothing.
      if (value?.authSessionInfo && value.channels[0]) add(this.sessionsByPid, value.channels[0].serverId.pid, value);
    }
    this.isSessionUnreadable = isSessionUnreadable;
  }

  filesOf(session: SessionGlobal): SessionFiles {
    const { sessionGlobalId, channels, authSessionInfo } = session;
    if (this.bySession.size > 0) {
      if (channels.some(({ serverId }) => this.unclearPids.has(serverId.pid))) {
        return { files: null, reason: "the record of a file that its smbd has open can't be read" };
      }
      return { files: this.bySession.get(sessionGlobalId) ?? [], reason: null };
    }
    const serverId = channels[0]?.serverId;
    // Not yet authenticated, or being torn down.
    if (serverId === undefined || authSessionInfo === null) return { files: [], reason: null };
    const process = this.processOf(serverId);
    if (process.files.length === 0) return { files: [], reason: null };
    if (this.isSessionUnreadable) return { files: null, reason: "a session's record can't be read" };
    if (process.sessions.length === 1) return { files: process.files, reason: null };
    const { uid } = authSessionInfo;
    const reason = whyUnclear(uid, process);
    if (reason !== null) return { files: null, reason: `its smbd (pid ${serverId.pid}) ${reason}` };
    return { files: process.byUid.get(uid!) ?? [], reason: null };
  }

  /** The session whose an entry is: that which its open record names, or the only one that can be meant. */
  ownerOf(entry: ShareModeEntry): Owner {
    const found = this.opens.find(entry);
    // Without a record it has been closed since, or smbd has it open for itself: whose it was, others can't tell.
    if (found === null || found === 'unreadable') return { open: null, sessionGlobalId: null };
    return { open: found, sessionGlobalId: found.sessionGlobalId ?? this.onlySessionOf(entry) };
  }

  private onlySessionOf({ serverId, uid }: ShareModeEntry): number | null {
    if (this.isSessionUnreadable || isDisconnected(serverId)) return null;
    const process = this.processOf(serverId);
    const [only, ...others] = process.sessions;
    // Under another uid it can be what a session had open that has ended since; or `force user` is at work.
    const isOwn = only?.authSessionInfo?.uid === uid || (only !== undefined && this.isForced([only]));
    if (only !== undefined && others.length === 0) return isOwn ? only.sessionGlobalId : null;
    if (whyUnclear(uid, process) !== null) return null;
    return process.sessions.find(({ authSessionInfo }) => authSessionInfo?.uid === uid)?.sessionGlobalId ?? null;
  }

  private processOf(serverId: ServerId): Process {
    const key = `${serverId.pid} ${serverId.uniqueId}`;
    let process = this.processes.get(key);
    if (process === undefined) {
      process = this.toProcess(serverId);
      this.processes.set(key, process);
    }
    return process;
  }

  private toProcess(serverId: ServerId): Process {
    const files = this.byPid.get(serverId.pid)?.filter(({ entry }) => isSameProcess(entry.serverId, serverId)) ?? [];
    const all = this.sessionsByPid.get(serverId.pid) ?? [];
    const sessions = all.filter(({ channels }) => isSameProcess(channels[0]!.serverId, serverId));
    const byUid = Map.groupBy(files, ({ entry }) => entry.uid);
    const numByUid = new Map<number | null, number>();
    for (const { authSessionInfo } of sessions) {
      const { uid } = authSessionInfo!;
      numByUid.set(uid, (numByUid.get(uid) ?? 0) + 1);
    }
    const opensAsOthers = byUid.keys().some((uid) => !numByUid.has(uid)) || this.isForced(sessions);
    return { files, byUid, sessions, numByUid, opensAsOthers };
  }

  /** Whether one of them is connected to a share that runs as another user. */
  private isForced(sessions: readonly SessionGlobal[]): boolean {
    const { forced } = this;
    if (forced === 'unknown') return true;
    if (forced.size === 0) return false;
    this.forcedSessions ??= new Set(
      this.rows.tcons
        .values()
        .filter(({ value }) => value !== undefined && forced.has(value.shareName.toLowerCase()))
        .map(({ value }) => value!.sessionGlobalId),
    );
    return sessions.some(({ sessionGlobalId }) => this.forcedSessions!.has(sessionGlobalId));
  }
}

/** Why what a process has open can't be told by the user to be one's, or another's; null where it can. */
function whyUnclear(uid: number | null, { numByUid, opensAsOthers }: Process): string | null {
  if (numByUid.get(uid) !== 1) {
    return 'serves another session of the same user, and the records of this release do not tell whose a file is';
  }
  // `admin users` open files as root, and `force user` as that one: who the session's user is does not say it then.
  if (uid === 0 || opensAsOthers) {
    return "serves other sessions, and opens files as another user than the session's";
  }
  return null;
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
