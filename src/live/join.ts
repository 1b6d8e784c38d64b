import type { ForcedShares } from '../samba/conf/index.ts';
import type { AuthSessionInfo, OpenGlobal, ServerId, SessionGlobal, TconGlobal } from '../samba/records/index.ts';
import type { Entry } from '../samba/tdb/index.ts';
import { type Channel, compareLocations, identityOf, type Session, type TreeConnect } from '../sessions/index.ts';
import { parseChannelAddress } from './addresses.ts';
import { sessionEncryption, treeEncryption } from './encryption.ts';
import { type Connected, countOpens, isIpc, type OpenCount, type Trees } from './open-counts.ts';

/** The rows of one server, as they were read: opens first, sessions last. */
export interface Rows {
  readonly opens: ReadonlyMap<number, Entry<number, OpenGlobal>>;
  readonly tcons: ReadonlyMap<number, Entry<number, TconGlobal>>;
  readonly sessions: ReadonlyMap<number, Entry<number, SessionGlobal>>;
}

/** What the join must know of the server beyond its rows. */
export interface JoinContext {
  readonly instance: number;
  readonly lives: (serverId: ServerId) => boolean;
  readonly isLocalDomain: (domainName: string | null) => boolean;
  /** DNS name of a domain by its short one, for records that lack it: those of a member's sessions. Default: unknown. */
  readonly dnsNameOf?: (domainName: string | null) => string | null;
  readonly forcedShares: ForcedShares;
}

/**
 * Joins the rows of one server into its live sessions, ordered by location. Left out: sessions that have not yet
 * authenticated, those that smbd is tearing down, and those of processes that are dead.
 */
export function joinSessions(rows: Rows, context: JoinContext): Session[] {
  const live = connectRows(rows, context.lives);
  const identify = identitiesOf(context);
  const count = countOpens(values(rows.opens), rows.tcons, live, context.forcedShares);
  return live
    .map((connected) =>
      toSession(connected, count(connected), identify(connected.row.authSessionInfo!), context.instance),
    )
    .sort((a, b) => compareLocations(a.location, b.location));
}

/** The sessions that are listed, with what they are connected to. */
export function connectRows(rows: Rows, lives: JoinContext['lives']): Connected[] {
  const trees = groupTreeConnects(rows.tcons);
  const live: Connected[] = [];
  for (const row of values(rows.sessions)) {
    const { authSessionInfo, channels, sessionGlobalId } = row;
    if (authSessionInfo === null || !channels.some(({ serverId }) => lives(serverId))) continue;
    const { serverId } = channels[0]!;
    live.push({ row, serverId, owner: authSessionInfo.userSid, trees: trees.get(sessionGlobalId) ?? noTrees });
  }
  return live;
}

function toSession(
  { row, serverId, trees }: Connected,
  opens: OpenCount,
  user: Session['user'],
  instance: number,
): Session {
  const auth = row.authSessionInfo!;
  return {
    location: { instance, sessionGlobalId: row.sessionGlobalId, creationTime: row.creationTime },
    user,
    isGuest: isGuest(auth),
    isAnonymous: auth.userSid === anonymousSid,
    openedAt: row.createdAt ?? 0,
    authenticatedAt: row.authTime,
    expiresAt: row.expirationTime,
    lastActiveAt: null,
    idleCertainty: 'unknown',
    dialect: dialects.get(row.connectionDialect) ?? 'unknown',
    encryption: sessionEncryption(row.encryptionFlags, trees.shareFlags),
    channels: row.channels.map(toChannel) as [Channel, ...Channel[]],
    treeConnects: trees.treeConnects,
    shareNames: trees.shareNames,
    numOpens: opens.numOpens,
    numOpensCertainty: opens.certainty,
    pid: serverId.pid,
  };
}

const anonymousSid = 'S-1-5-7';

/** By SID: what the record says of guests otherwise changed its meaning between releases. */
function isGuest({ userSid }: AuthSessionInfo): boolean {
  return userSid?.endsWith('-501') === true && userSid.startsWith('S-1-5-21-');
}

/** Sessions of one user share one identity. */
function identitiesOf(context: JoinContext): (auth: AuthSessionInfo) => Session['user'] {
  const known = new Map<string | null, { readonly auth: AuthSessionInfo; readonly identity: Session['user'] }>();
  return (auth) => {
    const former = known.get(auth.userSid);
    if (former !== undefined && isSameUser(former.auth, auth)) return former.identity;
    const identity = identityOf({
      ...auth,
      isGuest: isGuest(auth),
      dnsDomainName: auth.dnsDomainName ?? context.dnsNameOf?.(auth.domainName) ?? null,
      uid: toUnixId(auth.uid),
      gid: toUnixId(auth.gid),
      isLocal: context.isLocalDomain(auth.domainName),
    });
    known.set(auth.userSid, { auth, identity });
    return identity;
  };
}

function isSameUser(a: AuthSessionInfo, b: AuthSessionInfo): boolean {
  const isSameAccount = a.accountName === b.accountName && a.domainName === b.domainName && a.unixName === b.unixName;
  const isSameDirectory = a.dnsDomainName === b.dnsDomainName && a.userPrincipalName === b.userPrincipalName;
  return isSameAccount && isSameDirectory && a.uid === b.uid && a.gid === b.gid;
}

/** Unix ids have 32 bits; all ones means none. */
function toUnixId(id: number | null): number | null {
  return id === null || id >= 0xffff_ffff ? null : id;
}

export function toChannel(row: SessionGlobal['channels'][number]): Channel {
  return {
    client: parseChannelAddress(row.remoteAddress),
    server: parseChannelAddress(row.localAddress),
    openedAt: row.creationTime,
  };
}

/** [MS-SMB2] 2.2.4 DialectRevision */
const dialects = new Map([
  [0, 'NT1'],
  [0x0202, '2.0.2'],
  [0x0210, '2.1'],
  [0x0222, '2.2.2'],
  [0x0224, '2.2.4'],
  [0x0300, '3.0'],
  [0x0302, '3.0.2'],
  [0x0310, '3.1.0'],
  [0x0311, '3.1.1'],
]);

const noTrees: Trees = { treeConnects: [], shareFlags: [], shareNames: [] };

/** Plain loops: there are some tree connects for each of up to 100,000 sessions. */
function groupTreeConnects(tcons: Rows['tcons']): Map<number, Trees> {
  const bySession = new Map<number, { treeConnects: TreeConnect[]; shareFlags: number[]; shareNames: string[] }>();
  for (const { value } of tcons.values()) {
    if (value === undefined || value.shareName === '') continue; // '': being made
    const { shareName, sessionGlobalId, creationTime, encryptionFlags } = value;
    let trees = bySession.get(sessionGlobalId);
    if (trees === undefined) {
      trees = { treeConnects: [], shareFlags: [], shareNames: [] };
      bySession.set(sessionGlobalId, trees);
    }
    trees.treeConnects.push({ shareName, openedAt: creationTime, encryption: treeEncryption(encryptionFlags) });
    if (isIpc(shareName)) continue;
    trees.shareFlags.push(encryptionFlags);
    if (!trees.shareNames.includes(shareName)) trees.shareNames.push(shareName);
  }
  for (const { treeConnects, shareNames } of bySession.values()) {
    if (treeConnects.length > 1) treeConnects.sort(byTime);
    if (shareNames.length > 1) shareNames.sort();
  }
  return bySession;
}

/** The order in which the records lie changes whenever smbd moves one, or one had to be looked for in its chain. */
function byTime(a: TreeConnect, b: TreeConnect): number {
  return (a.openedAt ?? 0) - (b.openedAt ?? 0) || (a.shareName < b.shareName ? -1 : Number(a.shareName > b.shareName));
}

function values<V>(entries: ReadonlyMap<number, Entry<number, V>>): V[] {
  const list: V[] = [];
  for (const { value } of entries.values()) if (value !== undefined) list.push(value);
  return list;
}
