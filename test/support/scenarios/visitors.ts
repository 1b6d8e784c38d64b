import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultUsers, type PrivateSamba, type PrivateSambaOptions } from '../samba/index.ts';
import { type Session, Smb2Connection } from '../smb2/index.ts';
import { variedShares, variedUsers, visitVaried } from './varied.ts';
import { idOf, type Visit } from './visit.ts';

/** The server that the visitors come to. */
export const visitedServer: PrivateSambaOptions = {
  users: [...defaultUsers, ...variedUsers],
  shares: [
    { name: 'docs' },
    { name: 'media' },
    { name: '文档' },
    { name: 'secret', options: { 'smb encrypt': 'required' } },
    { name: 'forced', options: { 'force user': 'bob', 'guest ok': 'no' } },
    ...variedShares,
  ],
  globals: {
    'netbios name': 'FILES',
    'server min protocol': 'NT1',
    'ntlm auth': 'yes',
    'server multi channel support': 'yes',
  },
};

/** Visitors that stay until they are told to go. */
export interface Visitors extends AsyncDisposable {
  readonly visits: readonly Visit[];
  /** A session whose login has only begun; it must be in no list. */
  readonly halfAuthenticatedId: number;
}

/**
 * Many kinds of sessions at once: several users on one connection, guest, anonymous, pipes, encryption, SMB1, IPv6, names
 * and groups of all sizes, several channels.
 */
export async function inviteVisitors(samba: PrivateSamba): Promise<Visitors> {
  const stack = new AsyncDisposableStack();
  for (const share of ['docs', 'media', 'secret', 'forced']) {
    const path = join(samba.shares.get(share)!, 'report.txt');
    writeFileSync(path, 'a report\n');
    chmodSync(path, 0o666);
  }
  const shared = await visitOnOneConnection(samba, stack);
  const others = [
    await visitEncrypted(samba, stack),
    ...(await visitWithSmbclient(samba, stack)),
    ...(await visitVaried(samba, stack)),
  ];
  return {
    visits: [...shared.visits, ...others],
    halfAuthenticatedId: shared.halfAuthenticatedId,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function visitOnOneConnection(samba: PrivateSamba, stack: AsyncDisposableStack) {
  const connection = await connect(samba, stack);
  const { localPort: port } = connection;
  const base = { address: '127.0.0.1', port, dialect: '3.1.1', encryption: 'none' } as const;
  const login = (name: string) => connection.login({ user: name, password: samba.user(name).password });

  const first = await login('alice');
  const docs = await first.connect('docs');
  await docs.open('report.txt');
  await docs.open('', { directory: true });
  await first.connect('media');
  await first.connect('文档');
  const ipc = await first.connect('IPC$');
  await ipc.open('srvsvc');

  const second = await login('alice');
  await (await second.connect('docs')).open('report.txt');

  const bob = await login('bob');
  const media = await bob.connect('media');
  await media.open('report.txt');

  const chinese = await login('王小明');
  await chinese.connect('文档');

  const forced = await login('carol');
  await (await forced.connect('forced')).open('report.txt');

  const guest = await connection.login({ user: 'nobody-knows-me', password: 'x' });
  await (await guest.connect('docs')).open('', { directory: true });

  const anonymous = await connection.login({ anonymous: true });
  await anonymous.connect('docs');

  const half = await connection.beginLogin({ user: 'alice', password: samba.user('alice').password });
  const visits: Visit[] = [
    {
      ...base,
      label: 'three shares and a pipe',
      user: 'alice',
      ...id(first),
      shares: ['docs', 'media', '文档'],
      opens: 2,
    },
    { ...base, label: 'second session of a user', user: 'alice', ...id(second), shares: ['docs'], opens: 1 },
    { ...base, label: 'another user', user: 'bob', ...id(bob), shares: ['media'], opens: 1 },
    { ...base, label: 'a name in Chinese', user: '王小明', ...id(chinese), shares: ['文档'], opens: 0 },
    { ...base, label: 'force user', user: 'carol', ...id(forced), shares: ['forced'], opens: 1 },
    { ...base, label: 'guest', user: 'guest', ...id(guest), shares: ['docs'], opens: 1, isGuest: true },
    {
      ...base,
      label: 'anonymous',
      user: 'ANONYMOUS LOGON',
      ...id(anonymous),
      shares: ['docs'],
      opens: 0,
      isAnonymous: true,
    },
  ];
  return { visits, halfAuthenticatedId: idOf(half.sessionId) };
}

async function visitEncrypted(samba: PrivateSamba, stack: AsyncDisposableStack): Promise<Visit> {
  const connection = await connect(samba, stack, '3.0.2');
  const session = await connection.login({ user: 'bob', password: samba.user('bob').password, encrypt: true });
  await (await session.connect('docs')).open('report.txt');
  return {
    label: 'encrypted by the client',
    user: 'bob',
    ...id(session),
    shares: ['docs'],
    opens: 1,
    encryption: 'full',
    address: '127.0.0.1',
    port: connection.localPort,
    dialect: '3.0.2',
  };
}

/** Samba's own client, which knows what ours does not: SMB1, and its own way to be a guest. */
async function visitWithSmbclient(samba: PrivateSamba, stack: AsyncDisposableStack): Promise<Visit[]> {
  const base = { address: '127.0.0.1', dialect: '3.1.1', encryption: 'none', opens: 0, user: 'carol' } as const;
  const visits: Visit[] = [];
  const visit = async (options: Parameters<PrivateSamba['smbclient']>[0], made: Omit<Visit, 'shares'>) => {
    stack.use(await samba.smbclient(options));
    visits.push({ ...made, shares: [options.share] });
  };
  await visit({ share: 'docs', user: 'carol' }, { ...base, label: 'smbclient' });
  await visit({ share: 'docs', user: 'carol', protocol: 'SMB2_02' }, { ...base, label: 'SMB 2.0.2', dialect: '2.0.2' });
  await visit({ share: 'docs', user: 'carol', protocol: 'NT1' }, { ...base, label: 'SMB1', dialect: 'NT1' });
  await visit(
    { share: 'secret', user: 'carol' },
    { ...base, label: 'a share that demands encryption', encryption: 'full' },
  );
  await visit(
    { share: 'docs', user: { name: 'stranger', password: 'x' } },
    { ...base, label: 'guest by smbclient', user: 'guest', isGuest: true },
  );
  if (samba.addresses.includes('::1')) {
    await visit({ share: 'docs', user: 'carol', host: '::1' }, { ...base, label: 'IPv6', address: '::1' });
  }
  return visits;
}

async function connect(samba: PrivateSamba, stack: AsyncDisposableStack, dialect: '3.1.1' | '3.0.2' = '3.1.1') {
  const connection = await Smb2Connection.open({ host: samba.host, port: samba.port, dialects: [dialect] });
  stack.defer(() => connection.close());
  return connection;
}

function id(session: Session): { sessionGlobalId: number } {
  return { sessionGlobalId: idOf(session.id) };
}
