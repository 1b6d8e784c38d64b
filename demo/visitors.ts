import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PrivateSamba, PrivateSambaOptions } from '../test/support/samba/index.ts';
import { type Session, Smb2Connection } from '../test/support/smb2/index.ts';

/** The server of the demo. */
export const demoServer: PrivateSambaOptions = {
  users: ['alice', 'bob', 'carol', 'dave', '王小明'].map((name) => ({ name })),
  shares: [{ name: 'projects' }, { name: 'media' }, { name: '文档' }],
};

/** How often held connections say that they are still there: smbd drops those without a tree connect after a minute. */
const aliveMs = 20_000;

/**
 * Eight sessions, held open: four users on one connection of a terminal server, one of them on three shares; a guest; one
 * encrypted; one user from two machines.
 */
export async function inviteVisitors(samba: PrivateSamba): Promise<AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  for (const folder of samba.shares.values()) {
    const path = join(folder, 'report.txt');
    writeFileSync(path, 'a report\n');
    chmodSync(path, 0o666);
  }
  const connect = async () => {
    const connection = await Smb2Connection.open({ host: samba.host, port: samba.port });
    const timer = setInterval(() => connection.echo().catch(() => clearInterval(timer)), aliveMs);
    stack.defer(() => {
      clearInterval(timer);
      return connection.close();
    });
    return connection;
  };
  const login = async (connection: Smb2Connection, name: string, encrypt = false) =>
    connection.login({ user: name, password: samba.user(name).password, encrypt });

  const terminalServer = await connect();
  await visit(await login(terminalServer, 'alice'), { projects: 2, media: 1, 文档: 1 });
  await visit(await login(terminalServer, 'bob'), { projects: 1 });
  await visit(await login(terminalServer, 'carol'), { media: 0 });
  await visit(await login(terminalServer, '王小明'), { 文档: 1 });
  await visit(await login(await connect(), 'dave', true), { projects: 1 });
  await visit(await (await connect()).login({ user: 'visitor', password: 'any' }), { media: 1 });
  await visit(await login(await connect(), 'bob'), { media: 1 });
  await visit(await login(await connect(), 'alice'), { projects: 0 });
  return stack;
}

/** Connects to shares and holds so many opens on each. */
async function visit(session: Session, opens: Readonly<Record<string, number>>): Promise<void> {
  for (const [share, count] of Object.entries(opens)) {
    const tree = await session.connect(share);
    for (let i = 0; i < count; i++) await (i === 0 ? tree.open('report.txt') : tree.open('', { directory: true }));
  }
}
