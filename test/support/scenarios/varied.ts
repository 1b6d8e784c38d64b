import type { PrivateSamba, ShareOptions, UserOptions } from '../samba/index.ts';
import { type Session, Smb2Connection } from '../smb2/index.ts';
import { idOf, type Visit } from './visit.ts';

/** Names of many lengths and alphabets, from no additional group to many. */
export const variedUsers: readonly UserOptions[] = [
  { name: 'x', groups: numberedGroups(1) },
  { name: 'ann smith', group: 'staff', groups: numberedGroups(16) },
  { name: 'a-login-name-of-just-32-letters-', groups: numberedGroups(65) },
  { name: 'Ünïcødé-имя-名', groups: numberedGroups(200) },
];

/** A share's name has at most 80 letters. */
export const variedShares: readonly ShareOptions[] = ['z', 'share '.repeat(13).trim(), 'Ärzte ü 文档'].map((name) => ({
  name,
}));

/** How many connections each session of several channels has. */
const channelCounts = [2, 3, 8, 32];

/** A session of each user with each share, from addresses of several lengths; and sessions of several channels. */
export async function visitVaried(samba: PrivateSamba, stack: AsyncDisposableStack): Promise<Visit[]> {
  const visits: Visit[] = [];
  const shares = variedShares.map(({ name }) => name);
  for (const [i, { name, groups }] of variedUsers.entries()) {
    const isIpv6 = i % 2 === 1 && samba.addresses.includes('::1');
    const connection = await Smb2Connection.open({
      host: isIpv6 ? '::1' : samba.host,
      port: samba.port,
      ...(isIpv6 ? {} : { localAddress: `127.${'1'.repeat(i + 1)}.${i}.133` }),
    });
    stack.defer(() => connection.close());
    const session = await connection.login({ user: name, password: samba.user(name).password });
    for (const share of shares) await session.connect(share);
    visits.push(toVisit(connection, session, { label: `the user ${name}`, shares, opens: 0, groups: groups!.length }));
  }
  for (const count of channelCounts) visits.push(await visitOverChannels(samba, stack, count));
  return visits;
}

async function visitOverChannels(samba: PrivateSamba, stack: AsyncDisposableStack, count: number): Promise<Visit> {
  const connect = async (clientGuid?: Buffer) => {
    const guid = clientGuid && { clientGuid };
    const connection = await Smb2Connection.open({ host: samba.host, port: samba.port, dialects: ['3.1.1'], ...guid });
    stack.defer(() => connection.close());
    return connection;
  };
  const first = await connect();
  const session = await first.login({ user: 'bob', password: samba.user('bob').password });
  await (await session.connect('docs')).open('report.txt');
  for (let channel = 1; channel < count; channel++) await (await connect(first.clientGuid)).bind(session);
  return toVisit(first, session, { label: `${count} channels`, shares: ['docs'], opens: 1, channels: count });
}

function toVisit(
  { localAddress: address, localPort: port }: Smb2Connection,
  session: Session,
  what: Pick<Visit, 'label' | 'shares' | 'opens' | 'channels' | 'groups'>,
): Visit {
  const { user, dialect } = session;
  const server = address.includes(':') ? '::1' : '127.0.0.1';
  return { user, dialect, address, server, port, sessionGlobalId: idOf(session.id), encryption: 'none', ...what };
}

function numberedGroups(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `group-${i}`);
}
