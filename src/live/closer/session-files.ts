import type { ForcedShares } from '../../samba/conf/index.ts';
import type { ServerId, SessionGlobal, ShareModeEntry } from '../../samba/records/index.ts';
import type { Rows } from '../join.ts';

/** One open of a file or directory, as its share mode entry names it. */
export interface SessionFile {
  readonly fileId: string;
  readonly entry: ShareModeEntry;
}

/** What a session has open; or why that can't be told from what others have. */
export type SessionFiles =
  | { readonly files: readonly SessionFile[]; readonly reason: null }
  | { readonly files: null; readonly reason: string };

/** The processes' share mode entries, by file. */
export type ShareModes = ReadonlyMap<string, { readonly value: readonly ShareModeEntry[] | undefined }>;

/** FILE_WRITE_DATA, FILE_APPEND_DATA, DELETE: [MS-SMB2] 2.2.13.1. */
const writing = 0x2 | 0x4 | 0x1_0000;

export function isForWriting({ entry }: SessionFile): boolean {
  return (entry.accessMask & writing) !== 0;
}

/**
 * Tells whose the share mode entries are. Since 4.24 an entry names an open record, which names its session. Before, it
 * says its process and the user's uid, which can be those of several sessions.
 */
export class FileOwners {
  private readonly rows: Rows;
  private readonly forced: ForcedShares;
  private readonly byPid = new Map<number, SessionFile[]>();
  private readonly sessionsByPid = new Map<number, SessionGlobal[]>();
  /** Empty where no entry names its session. Where some do, one that does not has been closed since. */
  private readonly bySession = new Map<number, SessionFile[]>();

  /** @param rows read after the share modes: the session of each entry is among them, or has ended */
  constructor(shareModes: ShareModes, rows: Rows, forced: ForcedShares) {
    this.rows = rows;
    this.forced = forced;
    for (const [fileId, { value }] of shareModes) {
      for (const entry of value ?? []) {
        const file = { fileId, entry };
        const owner = this.ownerOf(entry);
        add(this.byPid, entry.serverId.pid, file);
        if (owner !== null) add(this.bySession, owner, file);
      }
    }
    for (const { value } of rows.sessions.values()) {
      // One that has not yet authenticated has opened nothing.
      if (value?.authSessionInfo && value.channels[0]) add(this.sessionsByPid, value.channels[0].serverId.pid, value);
    }
  }

  filesOf(session: SessionGlobal): SessionFiles {
    const { sessionGlobalId, channels, authSessionInfo } = session;
    if (this.bySession.size > 0) return { files: this.bySession.get(sessionGlobalId) ?? [], reason: null };
    const serverId = channels[0]?.serverId;
    // Not yet authenticated, or being torn down.
    if (serverId === undefined || authSessionInfo === null) return { files: [], reason: null };
    const files = this.byPid.get(serverId.pid)?.filter(({ entry }) => isSame(entry.serverId, serverId)) ?? [];
    const sessions = this.sessionsByPid.get(serverId.pid)?.filter((one) => isSame(one.channels[0]!.serverId, serverId));
    if (files.length === 0 || sessions?.length === 1) return { files, reason: null };
    const reason = this.whyUnclear(authSessionInfo.uid, sessions ?? [], files);
    if (reason !== null) return { files: null, reason: `its smbd (pid ${serverId.pid}) ${reason}` };
    return { files: files.filter(({ entry }) => entry.uid === authSessionInfo.uid), reason: null };
  }

  /** The session that the entry's open record names; null where there is no such record, or it names none. */
  private ownerOf({ serverId, shareFileId }: ShareModeEntry): number | null {
    const open = this.rows.opens.get(Number(shareFileId))?.value;
    return open !== undefined && isSame(open.serverId, serverId) ? open.sessionGlobalId : null;
  }

  /** Why what a process has open can't be told by the user to be one's, or another's; null where it can. */
  private whyUnclear(
    uid: number | null,
    sessions: readonly SessionGlobal[],
    files: readonly SessionFile[],
  ): string | null {
    const uids = sessions.map(({ authSessionInfo }) => authSessionInfo!.uid);
    if (uids.filter((other) => other === uid).length !== 1) {
      return 'serves another session of the same user, and the records of this release do not tell whose a file is';
    }
    // `admin users` open files as root, and `force user` as that one: who the session's user is does not say it then.
    if (uid === 0 || files.some(({ entry }) => !uids.includes(entry.uid)) || this.isForced(sessions)) {
      return "serves other sessions, and opens files as another user than the session's";
    }
    return null;
  }

  /** Whether one of them is connected to a share that runs as another user. */
  private isForced(sessions: readonly SessionGlobal[]): boolean {
    const { forced } = this;
    if (forced === 'unknown') return true;
    if (forced.size === 0) return false;
    const ids = new Set(sessions.map(({ sessionGlobalId }) => sessionGlobalId));
    for (const { value } of this.rows.tcons.values()) {
      if (value && ids.has(value.sessionGlobalId) && forced.has(value.shareName.toLowerCase())) return true;
    }
    return false;
  }
}

function isSame(a: ServerId, b: ServerId): boolean {
  return a.pid === b.pid && a.uniqueId === b.uniqueId;
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
