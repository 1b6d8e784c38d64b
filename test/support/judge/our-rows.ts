import type { Endpoint, Session } from '../../../src/sessions/index.ts';
import type { JudgedSession, JudgedTree } from './judgement.ts';

/** A session as smbstatus would say it. */
export function toJudged(session: Session): Required<JudgedSession> {
  const [{ client }] = session.channels;
  return {
    id: session.location.sessionGlobalId,
    pid: session.pid,
    uid: session.user.uid!,
    gid: session.user.gid!,
    user: session.user.name!,
    client: format(client),
    dialect: dialects[session.dialect] ?? session.dialect,
    encryption: session.encryption,
    openedAt: session.openedAt!,
    authenticatedAt: session.authenticatedAt ?? 0,
    expiresAt: session.expiresAt,
    channels: session.channels
      .map((channel) => `${format(channel.server!)} ${format(channel.client)} ${channel.openedAt}`)
      .sort()
      .join('\n'),
  };
}

/** Its tree connects as smbstatus would say them. */
export function toJudgedTrees(session: Session): Required<JudgedTree>[] {
  return session.treeConnects.map(({ shareName, openedAt, encryption }) => ({
    sessionId: session.location.sessionGlobalId,
    pid: session.pid,
    share: shareName,
    client: session.channels[0].client.address,
    encryption,
    openedAt: openedAt!,
    openedSecond: Math.round(openedAt! / 1_000_000),
  }));
}

function format({ address, port }: Endpoint): string {
  return `${address.includes(':') ? 'ipv6' : 'ipv4'}:${address}:${port}`;
}

const dialects: Readonly<Record<string, string>> = {
  NT1: 'NT1',
  '2.0.2': 'SMB2_02',
  '2.1': 'SMB2_10',
  '3.0': 'SMB3_00',
  '3.0.2': 'SMB3_02',
  '3.1.1': 'SMB3_11',
};
