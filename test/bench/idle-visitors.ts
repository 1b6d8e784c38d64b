import { now } from '../../src/sessions/index.ts';
import type { PrivateSamba } from '../support/samba/index.ts';
import {
  access,
  type ConnectionOptions,
  type LoginOptions,
  type Session,
  Smb2Connection,
} from '../support/smb2/index.ts';

/** What a visitor does in a second of the run. */
export type Act = 'write' | 'read' | 'echo' | null;

/** A user, and when the last work was done as that user: after `from`, before `to`, in microseconds since 1970. */
export interface Visitor {
  readonly user: string;
  readonly what: string;
  readonly worked: { from: number; to: number };
  /** In a second of the run. */
  act(second: number): Promise<void>;
  leave(): Promise<void>;
}

interface Script {
  readonly user: string;
  readonly what: string;
  readonly connection?: Partial<ConnectionOptions>;
  readonly login?: LoginOptions;
  readonly act: (second: number) => Act;
}

const every = (seconds: number, act: Act) => (second: number) => (second % seconds === 0 ? act : null);

/** Each on a connection of its own. */
export const scripts: readonly Script[] = [
  { user: 'writing', what: 'writes every 3 s', act: every(3, 'write') },
  { user: 'reading', what: 'reads every 7 s for 40 s', act: (t) => (t < 40 ? every(7, 'read')(t) : null) },
  { user: 'sleeping', what: 'does nothing', act: () => null },
  { user: 'echoing', what: 'echoes every 2 s', act: every(2, 'echo') },
  { user: 'signing', what: 'signed, echoes every 2 s', login: { sign: true }, act: every(2, 'echo') },
  {
    user: 'encrypting',
    what: 'encrypted, writes for 30 s, then echoes every 5 s',
    login: { encrypt: true },
    act: (t) => (t < 30 ? every(4, 'write')(t) : every(5, 'echo')(t)),
  },
  {
    user: 'mixing',
    what: 'writes every 11 s, echoes every 2 s',
    act: (t) => every(11, 'write')(t) ?? every(2, 'echo')(t),
  },
  {
    user: 'six',
    what: 'IPv6, writes once, echoes every 5 s',
    connection: { host: '::1' },
    act: (t) => (t === 20 ? 'write' : every(5, 'echo')(t)),
  },
];

export async function visit(samba: PrivateSamba, script: Script): Promise<Visitor> {
  const from = now();
  const connection = await connect(samba, script.connection);
  const session = await logIn(samba, connection, script);
  return makeVisitor(script, connection, session, from);
}

/** Two on one connection: one works for 50 s, the other sleeps. */
export async function visitTogether(samba: PrivateSamba): Promise<Visitor[]> {
  const connection = await connect(samba);
  const scripts: Script[] = [
    { user: 'sharing', what: 'shares the connection of the next, does nothing', act: () => null },
    { user: 'shared', what: '… writes every 5 s for 50 s', act: (t) => (t < 50 ? every(5, 'write')(t) : null) },
  ];
  const visitors: Visitor[] = [];
  for (const script of scripts) {
    const from = now();
    visitors.push(await makeVisitor(script, connection, await logIn(samba, connection, script), from));
  }
  return visitors;
}

/** One on two connections, of which the second works for 45 s, and the first echoes. */
export async function visitByTwo(samba: PrivateSamba): Promise<Visitor> {
  const what = 'two channels: the second writes for 45 s, the first echoes';
  const script: Script = {
    user: 'doubling',
    what,
    login: { sign: true },
    act: (t) => (t < 45 ? every(9, 'write')(t) : null),
  };
  const from = now();
  const first = await connect(samba);
  const { dialect, clientGuid } = first;
  const session = await logIn(samba, first, script);
  const second = await connect(samba, { host: '::1', dialects: [dialect], clientGuid });
  const visitor = await makeVisitor(script, second, await second.bind(session), from);
  return {
    ...visitor,
    async act(t) {
      await visitor.act(t);
      if (t % 2 === 0) await first.echo(session);
    },
    async leave() {
      await Promise.all([visitor.leave(), first.close()]);
    },
  };
}

/** One who comes from the very address and port of another who has just gone. */
export async function visitInPlace(samba: PrivateSamba): Promise<Visitor> {
  const localAddress = '127.0.0.77'; // whose ports nobody else takes
  const what = 'comes after 25 s from the port of another, who had worked';
  const former: Script = { user: 'before', what: '', connection: { localAddress }, act: every(2, 'write') };
  const connection = await connect(samba, former.connection);
  let current = await makeVisitor(former, connection, await logIn(samba, connection, former), now());
  const visitor: Visitor = {
    user: 'after',
    what,
    get worked() {
      return current.worked;
    },
    async act(t) {
      if (t !== 25) return current.act(t);
      connection.drop();
      const { localPort } = connection;
      current = await visit(samba, {
        ...former,
        user: 'after',
        connection: { localAddress, localPort },
        act: () => null,
      });
    },
    leave: () => current.leave(),
  };
  return visitor;
}

/** Debian's own, which echoes every 5 s by itself. */
export async function visitBySmbclient(samba: PrivateSamba): Promise<Visitor> {
  const from = now();
  const client = await samba.smbclient({ share: 'public', user: 'debian' });
  await client.run('ls');
  return {
    user: 'debian',
    what: 'smbclient, idle; echoes by itself every 5 s',
    worked: { from, to: now() },
    act: async () => undefined,
    leave: () => client.close(),
  };
}

function connect(samba: PrivateSamba, options: Partial<ConnectionOptions> = {}): Promise<Smb2Connection> {
  return Smb2Connection.open({ host: samba.host, port: samba.port, ...options });
}

function logIn(samba: PrivateSamba, connection: Smb2Connection, { user, login }: Script): Promise<Session> {
  return connection.login({ user, password: samba.user(user).password, ...login });
}

async function makeVisitor(
  script: Script,
  connection: Smb2Connection,
  session: Session,
  from: number,
): Promise<Visitor> {
  const tree = await session.connect('public');
  const file = await tree.open(script.user, { access: access.read | access.write, disposition: 'open_if' });
  await file.write('some text');
  const worked = { from, to: now() };
  return {
    user: script.user,
    what: script.what,
    worked,
    async act(second) {
      const act = script.act(second);
      if (act === null) return;
      const began = now();
      if (act === 'echo') return connection.echo(session);
      if (act === 'write') await file.write('other text');
      else await file.read(4);
      Object.assign(worked, { from: began, to: now() });
    },
    leave: () => connection.close(),
  };
}
