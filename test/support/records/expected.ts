import type { Layout, OpenGlobal, SessionGlobal, TconGlobal } from '../../../src/samba/records/index.ts';
import {
  completeOpen,
  completeSession,
  completeTcon,
  type OpenRecord,
  type SessionRecord,
  someTime,
  type TconRecord,
} from './pack-records.ts';

/** What a decoder is to make of a packed record. */
export function expectedSession(layout: Layout, record: SessionRecord): SessionGlobal {
  const session = completeSession(record);
  const has = (part: (typeof session.without)[number]) => !session.without.includes(part);
  const { accountName, userPrincipalName, domainName, dnsDomainName, unixName } = session;
  const noNames = { accountName: null, userPrincipalName: null, domainName: null, dnsDomainName: null };
  return {
    version: layout.version,
    sessionGlobalId: session.id,
    sessionWireId: BigInt(session.id),
    creationTime: session.creationTime,
    createdAt: toMicros(session.creationTime),
    expirationTime: toMicros(session.expirationTime),
    authTime: toMicros(someTime + 5n),
    authSessionInfo: session.hasAuthenticated
      ? {
          userSid: has('token') ? (session.sids[0] ?? null) : null,
          uid: has('unixToken') ? Number(session.uid) : null,
          gid: has('unixToken') ? Number(session.gid) : null,
          ...(has('info') ? { accountName, userPrincipalName, domainName, dnsDomainName } : noNames),
          unixName: has('unixInfo') ? unixName : null,
        }
      : null,
    connectionDialect: session.dialect,
    signingFlags: session.signingFlags,
    encryptionFlags: session.encryptionFlags,
    encryptionCipher: layout.signingAlgo ? 2 : null,
    channels: session.remoteAddresses.map((remoteAddress) => ({
      serverId: { pid: session.pid, taskId: 0, vnn: 0xffff_ffff, uniqueId: session.uniqueId },
      creationTime: toMicros(session.creationTime),
      localAddress: session.localAddress,
      remoteAddress,
    })),
  };
}

export function expectedTcon(_: Layout, record: TconRecord): TconGlobal {
  const { id, sessionId, shareName, creationTime, ...flags } = completeTcon(record);
  const named = { tconGlobalId: id, sessionGlobalId: sessionId, shareName: shareName ?? '', ...flags };
  return { ...named, creationTime: toMicros(creationTime) };
}

export function expectedOpen(layout: Layout, record: OpenRecord): OpenGlobal {
  const open = completeOpen(record);
  return {
    serverId: open.isDisconnected
      ? { pid: 2 ** 64, taskId: 0xffff_ffff, vnn: 0xffff_ffff, uniqueId: 2n ** 64n - 1n }
      : { pid: open.pid, taskId: 0, vnn: 0xffff_ffff, uniqueId: open.uniqueId },
    openVolatileId: 5,
    openTime: toMicros(someTime),
    sessionGlobalId: layout.openSession ? open.sessionId : null,
    tconGlobalId: layout.openSession ? open.tconId : null,
    openOwner: layout.openSession ? null : open.owner,
    isDurable: open.isDurable,
  };
}

/** Microseconds since 1970; null for never. */
function toMicros(nttime: bigint): number | null {
  return nttime >= 0x7fff_ffff_ffff_ffffn ? null : Number((nttime - 116_444_736_000_000_000n) / 10n);
}
