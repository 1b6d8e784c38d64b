import type { ForcedShares } from '../samba/conf/index.ts';
import type { Degree, SmbstatusAnswer, SmbstatusSession } from '../samba/smbstatus/index.ts';
import {
  type Channel,
  compareLocations,
  type EncryptionLevel,
  identityOf,
  type Session,
  type TreeConnect,
} from '../sessions/index.ts';
import { parseChannelAddress } from './addresses.ts';
import { countByOwner, type Holder, isIpc, type OpenCount } from './open-counts.ts';

/** What smbstatus does not say of the server. */
export interface SmbstatusContext {
  readonly instance: number;
  readonly isDomainMember: boolean;
  readonly netbiosName: string;
  /** The unix name that guests and anonymous logons have. */
  readonly guestAccount: string;
  readonly forcedShares: ForcedShares;
}

interface Said extends Holder {
  readonly session: SmbstatusSession;
  readonly treeConnects: readonly TreeConnect[];
}

/**
 * The sessions that smbstatus lists, ordered by location, without those that have not yet authenticated. Their creation
 * time in the location is 0, since it is not said to its last digit: nothing can be closed by such a location.
 */
export function joinSmbstatus(answer: SmbstatusAnswer, context: SmbstatusContext): Session[] {
  const trees = Map.groupBy(answer.tcons, ({ sessionGlobalId }) => sessionGlobalId);
  const listed = answer.sessions.filter(({ uid }) => uid !== null);
  const said = listed.map((session): Said => {
    const treeConnects = (trees.get(session.sessionGlobalId) ?? [])
      .filter(({ shareName }) => shareName !== '')
      .map(({ shareName, connectedAt, encryption }) => ({ shareName, openedAt: connectedAt, encryption }));
    // Pipes are not among the opens that smbstatus lists, so that IPC$ does not count.
    const shares = treeConnects.filter(({ shareName }) => !isIpc(shareName));
    const shareNames = [...new Set(shares.map(({ shareName }) => shareName))].sort();
    const held = { treeConnects: shares, shareFlags: shares.map(() => 0), shareNames };
    return { session, serverId: session.serverId, owner: String(session.uid), trees: held, treeConnects };
  });
  const opens = answer.opens.map(({ serverId, uid }) => ({ serverId, openOwner: String(uid) }));
  const count = countByOwner(opens, said, context.forcedShares);
  const sessions = said.map((one) => toSession(one, count(one), context));
  return sessions.sort((a, b) => compareLocations(a.location, b.location));
}

function toSession({ session, trees, treeConnects }: Said, opens: OpenCount, context: SmbstatusContext): Session {
  const { sessionGlobalId, createdAt, authenticatedAt, expiresAt, channels } = session;
  const [first, ...others] = channels.map(toChannel);
  return {
    location: { instance: context.instance, sessionGlobalId, creationTime: 0n },
    user: identify(session, context),
    isGuest: session.userName === context.guestAccount,
    isAnonymous: false,
    openedAt: createdAt,
    authenticatedAt,
    expiresAt,
    lastActiveAt: null,
    idleCertainty: 'unknown',
    dialect: dialects.get(session.dialect) ?? 'unknown',
    encryption: encryptionOf(session.encryption, trees.treeConnects),
    channels: [first!, ...others],
    treeConnects,
    shareNames: trees.shareNames,
    numOpens: opens.numOpens,
    numOpensCertainty: opens.certainty,
    pid: session.serverId.pid,
  };
}

/** By the unix name alone: no SID, and so no auth_id but that of a unix user. */
function identify({ userName, uid, gid }: SmbstatusSession, context: SmbstatusContext): Session['user'] {
  const [, domain, account] = /^([^\\]+)\\(.+)$/.exec(userName) ?? [];
  const isOfDomain = context.isDomainMember && domain?.toUpperCase() !== context.netbiosName && domain !== undefined;
  // The bare name of a member server may be its own account or one of its domain.
  const isNobodys = context.isDomainMember && domain === undefined;
  const user = identityOf({
    userSid: isNobodys ? `S-1-22-1-${uid}` : null,
    isGuest: false,
    uid,
    gid,
    accountName: account ?? userName,
    domainName: domain ?? context.netbiosName,
    dnsDomainName: null,
    userPrincipalName: null,
    unixName: userName,
    isLocal: !isOfDomain,
  });
  return { ...user, sid: null };
}

function toChannel({ remoteAddress, localAddress, createdAt }: SmbstatusSession['channels'][number]): Channel {
  return {
    client: toEndpoint(remoteAddress),
    server: localAddress === null ? null : toEndpoint(localAddress),
    openedAt: createdAt,
  };
}

function toEndpoint(address: string): Channel['client'] {
  return address.startsWith('ipv') ? parseChannelAddress(address) : { address, port: 0 };
}

/** As `sessionEncryption` does: the login goes plain even where all else does not, and smbstatus counts it. */
function encryptionOf(degree: Degree, shares: readonly TreeConnect[]): EncryptionLevel {
  if (shares.length === 0) return degree === 'none' ? 'none' : 'full';
  if (shares.every(({ encryption }) => encryption === 'full')) return 'full';
  return degree !== 'none' || shares.some(({ encryption }) => encryption !== 'none') ? 'partial' : 'none';
}

/** `source3/utils/status.c` writes them so. */
const dialects = new Map([
  ['NT1', 'NT1'],
  ['SMB2_02', '2.0.2'],
  ['SMB2_10', '2.1'],
  ['SMB2_22', '2.2.2'],
  ['SMB2_24', '2.2.4'],
  ['SMB3_00', '3.0'],
  ['SMB3_02', '3.0.2'],
  ['SMB3_10', '3.1.0'],
  ['SMB3_11', '3.1.1'],
]);
