import {
  isDisconnected,
  type OpenGlobal,
  type ServerId,
  type ShareModeData,
  type ShareModeEntry,
  type ShareModes,
} from '../../samba/records/index.ts';
import { type Caching, compareFileLocations, type OpenFile, type Session } from '../../sessions/index.ts';
import type { Rows } from '../join.ts';
import type { FileOwners } from './file-owners.ts';
import type { FileRows } from './file-tables.ts';
import { lockCounts } from './lock-counts.ts';
import type { SharePaths } from './share-paths.ts';

/** What is known of one server at one moment: what is open was read first, sessions last. */
export interface FilesContext {
  readonly instance: number;
  readonly rows: Rows;
  readonly sessions: readonly Session[];
  readonly owners: Pick<FileOwners, 'ownerOf'>;
  readonly sharePaths: SharePaths;
  readonly lives: (serverId: ServerId) => boolean;
  /** What is open by now: asked for where something has no open record. */
  readonly openNow: () => FileRows['shareModes'];
}

/** Joins a server's rows into its open files, ordered by location. Left out: what processes had open that are dead. */
export function joinFiles({ shareModes, locks, leases }: FileRows, context: FilesContext): OpenFile[] {
  const sessions = new Map(context.sessions.map((session) => [session.location.sessionGlobalId, session]));
  const shareNames = new ShareNames(context);
  const files: OpenFile[] = [];
  for (const [key, { value }] of shareModes) {
    if (value === undefined || value.data === null) continue;
    const common = commonOf(value.data);
    const deletedNames = new Set(value.data.deletedNames);
    const countLocks = lockCounts(locks.get(key)?.value ?? []);
    for (const entry of value.entries) {
      const isGone = isDisconnected(entry.serverId);
      if (!isGone && !context.lives(entry.serverId)) continue;
      const { open, sessionGlobalId } = context.owners.ownerOf(entry);
      if (open === null && !isAmong(entry, context.openNow().get(key)?.value)) continue; // closed meanwhile
      const session = (isGone || sessionGlobalId === null ? null : sessions.get(sessionGlobalId)) ?? null;
      files.push({
        location: locationOf(context.instance, value, entry, isGone),
        ...common,
        isDeleteOnClose: deletedNames.has(entry.nameHash),
        accessMask: entry.accessMask,
        shareAccess: entry.shareAccess,
        caching: cachingOf(entry, leases),
        openedAt: entry.openedAt,
        numByteRangeLocks: open === null ? 0 : countLocks(entry, open),
        uid: entry.uid,
        user: session?.user ?? null,
        session: session?.location ?? null,
        sessionCertainty: session === null ? 'unknown' : 'exact',
        shareName: shareNames.of(entry, open, session, value.data.servicePath),
        client: session?.channels[0].client.address ?? null,
        isDurable: isGone || open?.isDurable === true,
        isDisconnected: isGone,
      });
    }
  }
  return files.sort((a, b) => compareFileLocations(a.location, b.location));
}

/** Whether it still is one of a file's opens, as far as that can be read. */
function isAmong({ serverId, shareFileId, openedAt }: ShareModeEntry, modes: ShareModes | undefined): boolean {
  return (
    modes?.entries.some(
      (one) =>
        one.shareFileId === shareFileId && one.openedAt === openedAt && one.serverId.uniqueId === serverId.uniqueId,
    ) === true
  );
}

export function locationOf(
  instance: number,
  { fileId }: ShareModes,
  { serverId, shareFileId, openedAt }: ShareModeEntry,
  isGone: boolean,
): OpenFile['location'] {
  const { pid, uniqueId } = serverId;
  return { instance, file: fileId, pid: isGone ? 0 : pid, uniqueId, shareFileId, openedMicros: openedAt };
}

function commonOf({ servicePath, baseName, streamName }: ShareModeData) {
  const path = baseName === '.' ? servicePath : `${servicePath === '/' ? '' : servicePath}/${baseName}`;
  return {
    path: path.length > 1 ? path.replace(/\/$/, '') : path,
    servicePath,
    // A stream is a file, also one of a directory.
    isDirectory: streamName === null ? null : false,
    stream: streamName === null ? null : streamName.replace(/^:/, '').replace(/:\$DATA$/i, ''),
  };
}

/** The path of what is open, with the name of the stream behind a colon. */
export function pathOf(data: ShareModeData): string {
  const { path, stream } = commonOf(data);
  return stream === null ? path : `${path}:${stream}`;
}

const oplocks = new Map<number, Caching>([
  [0, { kind: 'none' }],
  [1, { kind: 'exclusive' }],
  [2, { kind: 'batch' }],
  [3, { kind: 'batch' }],
  [4, { kind: 'level_ii' }],
]);

function cachingOf({ opType, leaseKey }: ShareModeEntry, leases: FileRows['leases']): Caching {
  return oplocks.get(opType) ?? { kind: 'lease', state: leases.get(leaseKey!)?.value ?? null };
}

/** Names the share through which something was opened: since 4.23 its open record does, before its folder must. */
class ShareNames {
  private readonly context: FilesContext;
  private byPid: Map<number, Set<string>> | undefined;
  /** By session or process, and folder. */
  private readonly known = new Map<string, string | null>();

  constructor(context: FilesContext) {
    this.context = context;
  }

  of(
    { serverId }: ShareModeEntry,
    open: OpenGlobal | null,
    session: Session | null,
    servicePath: string,
  ): string | null {
    const { rows, sharePaths } = this.context;
    const named = open === null || open.tconGlobalId === null ? undefined : rows.tcons.get(open.tconGlobalId)?.value;
    if (named !== undefined) return named.shareName;
    // What its record names can't be read, or has ended: to guess would be to say another.
    if (open !== null && open.tconGlobalId !== null) return null;
    if (open === null) return null;
    const whose = `${session?.location.sessionGlobalId ?? `pid ${serverId.pid}`} ${servicePath}`;
    let name = this.known.get(whose);
    if (name === undefined) {
      name = sharePaths.nameOf(servicePath, session?.shareNames ?? this.ofProcess(serverId.pid));
      this.known.set(whose, name);
    }
    return name;
  }

  /** What the sessions of a process are connected to. */
  private ofProcess(pid: number): ReadonlySet<string> {
    if (this.byPid === undefined) {
      this.byPid = new Map();
      for (const { pid, shareNames } of this.context.sessions) {
        const names = this.byPid.get(pid) ?? new Set();
        for (const name of shareNames) names.add(name);
        this.byPid.set(pid, names);
      }
    }
    return this.byPid.get(pid) ?? new Set();
  }
}
