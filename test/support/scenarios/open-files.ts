import { randomBytes } from 'node:crypto';
import { chmodSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultUsers, type PrivateSamba, type PrivateSambaOptions } from '../samba/index.ts';
import {
  access,
  type OpenOptions,
  type Session,
  Smb2Connection,
  type OpenFile as Smb2File,
  sharing,
  type Tree,
} from '../smb2/index.ts';
import type { ExpectedOpen, OpenFiles } from './match-opens.ts';
import { idOf } from './visit.ts';

/** Two shares of one folder, one that opens as another user, and streams where this Samba has the module. */
export function serverOfFiles(root: string): PrivateSambaOptions {
  const options: Record<string, string> = hasStreams(root) ? { 'vfs objects': 'streams_xattr' } : {};
  const folder = `/tmp/smbwho-files-${randomBytes(4).toString('hex')}`;
  return {
    root,
    directory: join(root, folder),
    users: defaultUsers,
    shares: [
      { name: 'docs', options },
      { name: 'docs too', path: `${folder}/shares/docs`, options },
      { name: 'forced', options: { 'force user': 'bob', 'guest ok': 'no' } },
    ],
    globals: { 'netbios name': 'FILES', 'kernel share modes': 'no' }, // or 4.13 grants no durable handles
  };
}

function hasStreams(root: string): boolean {
  return globSync(join(root, 'usr/lib/*/samba/vfs/streams_xattr.so')).length > 0;
}

const readWrite = access.read | access.write;
const toWrite: OpenOptions = { access: readWrite, disposition: 'open_if' };

const everyLength = Array.from({ length: 255 }, (_, i) => i + 1);

/**
 * Files and folders of many kinds, open in many ways.
 *
 * @param lengths of names, in bytes. Default: every one that a name can have
 */
export async function openFiles(samba: PrivateSamba, lengths: readonly number[] = everyLength): Promise<OpenFiles> {
  const visitors = new Visitors(samba);
  const alone = await visitors.visit('alice', 'docs');
  await openInManyWays(alone);
  await openOfLengths(alone, lengths);
  if (hasStreams(samba.root)) await openStreams(visitors, alone);
  await openToGo(samba, alone);
  await (await alone.session.connect('IPC$')).open('srvsvc'); // which is in no list of files
  const shared = join(samba.shares.get('docs')!, 'shared by three');
  writeFileSync(shared, '');
  chmodSync(shared, 0o666);
  await shareOne(visitors);
  await shareConnection(visitors);
  await (await visitors.visit('carol', 'forced')).open('as bob', toWrite, { uid: samba.user('bob').uid });
  const both = await visitors.visit('carol', 'docs too');
  await both.session.connect('docs');
  await both.open('by which share', toWrite, { isSharePlain: false });
  await leaveBehind(visitors);
  return visitors;
}

/** A tree of somebody, and what is known of it. */
class Visitor {
  readonly session: Session;
  readonly tree: Tree;
  private readonly common: Omit<ExpectedOpen, 'name' | 'caching' | 'accessMask' | 'shareAccess'>;
  private readonly opens: ExpectedOpen[];

  constructor(session: Session, tree: Tree, uid: number, opens: ExpectedOpen[]) {
    this.session = session;
    this.tree = tree;
    this.opens = opens;
    this.common = {
      share: tree.share,
      stream: null,
      uid,
      user: session.user,
      sessionGlobalId: idOf(session.id),
      isSessionPlain: true,
      isSharePlain: true,
      locks: 0,
      isDirectory: false,
      isDeleteOnClose: false,
      isDurable: false,
      isDisconnected: false,
    };
  }

  async open(name: string, options: OpenOptions = {}, changes: Partial<ExpectedOpen> = {}): Promise<Smb2File> {
    const file = await this.tree.open(name, options);
    const state = file.lease?.state;
    const kinds = { none: 'none', two: 'level_ii', exclusive: 'exclusive', batch: 'batch' } as const;
    const caching: ExpectedOpen['caching'] =
      file.oplock === 'lease' ? { kind: 'lease', state: state! } : { kind: kinds[file.oplock] };
    this.opens.push({
      ...this.common,
      name,
      caching,
      accessMask: options.access ?? access.read | (options.directory === true ? 0 : access.write),
      shareAccess: options.share ?? sharing.all,
      isDirectory: file.isDirectory,
      isDurable: file.isDurable,
      ...changes,
    });
    return file;
  }
}

class Visitors implements OpenFiles {
  readonly opens: ExpectedOpen[] = [];
  readonly beneathStreams: string[] = [];
  private readonly samba: PrivateSamba;
  private readonly stack = new AsyncDisposableStack();

  constructor(samba: PrivateSamba) {
    this.samba = samba;
  }

  async connect(): Promise<Smb2Connection> {
    const connection = await Smb2Connection.open({ host: this.samba.host, port: this.samba.port });
    this.stack.defer(() => connection.close());
    return connection;
  }

  async visit(user: string, share: string, connection?: Smb2Connection): Promise<Visitor> {
    const { password, uid } = this.samba.user(user);
    const session = await (connection ?? (await this.connect())).login({ user, password });
    return new Visitor(session, await session.connect(share), uid, this.opens);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stack.disposeAsync();
  }
}

async function openInManyWays(visitor: Visitor): Promise<void> {
  await visitor.open('', { directory: true });
  await (await visitor.tree.open('folder', { directory: true, disposition: 'create' })).close();
  await visitor.open('folder/in it', { directory: true, disposition: 'create' });
  await visitor.open('folder/in it/a file', toWrite);
  for (const oplock of ['two', 'exclusive', 'batch'] as const)
    await visitor.open(`oplock ${oplock}`, { ...toWrite, oplock });
  for (const state of [1, 3, 5, 7]) {
    await visitor.open(`lease ${state}`, { ...toWrite, lease: { key: Buffer.alloc(16, state), state } });
  }
  for (const share of [0, 1, 2, 3, 4, 5, 6, 7]) await visitor.open(`shared ${share}`, { ...toWrite, share });
  // All but WRITE_OWNER, at which smbstatus of 4.17 panics.
  for (const mask of [0x80, 0x1_0081, 0x12_00a9, 0x4, access.all & ~0x8_0000, 0x12_0089]) {
    await visitor.open(`access ${mask}`, { ...toWrite, access: mask });
  }
  await lock(await visitor.open('locked once', toWrite, { locks: 1 }), 1, 'exclusive');
  await lock(await visitor.open('locked often', toWrite, { locks: 300 }), 300, 'shared');
  const durable = { createGuid: Buffer.alloc(16, 9) };
  const held = await visitor.open('durable', { ...toWrite, lease: { key: Buffer.alloc(16, 9), state: 7 }, durable });
  if (!held.isDurable) throw new Error('this server grants no durable handles');
}

async function lock(file: Smb2File, count: number, kind: 'shared' | 'exclusive'): Promise<void> {
  for (let i = 0; i < count; i++) {
    await file.lock({ offset: BigInt(10 * i), length: 5n, kind, failImmediately: true });
  }
}

/** A name has up to 255 bytes of UTF-8, of which a letter has up to four. */
async function openOfLengths(visitor: Visitor, lengths: readonly number[]): Promise<void> {
  for (const length of lengths) {
    const name = ['名', '𝒳', 'ü', 'x']
      .map((letter) => letter.repeat(Math.floor(length / 4 / Buffer.byteLength(letter))))
      .join('');
    await visitor.open(name + 'l'.repeat(length - Buffer.byteLength(name)), toWrite);
  }
  await visitor.open('👩‍💻', toWrite);
  await visitor.open('(a)  b   c', toWrite);
}

async function openStreams(visitors: Visitors, visitor: Visitor): Promise<void> {
  await visitor.open('streamed:of it', toWrite, { name: 'streamed', stream: 'of it' });
  await visitor.open('streamed', { access: access.read });
  visitors.beneathStreams.push('streamed');
}

async function openToGo(samba: PrivateSamba, visitor: Visitor): Promise<void> {
  const first = await visitor.tree.open('to go', { ...toWrite, deleteOnClose: true });
  await visitor.open('to go', { access: access.read }, { isDeleteOnClose: true });
  await first.close();
  // Known to its smbd only, until it is closed.
  await visitor.open('to go later', { ...toWrite, deleteOnClose: true }, { accessMask: readWrite | access.delete });
  await visitor.open('unlinked', toWrite, { isDirectory: null });
  rmSync(join(samba.shares.get('docs')!, 'unlinked'));
}

/** Three users have one file open, each on a connection of his own. */
async function shareOne(visitors: Visitors): Promise<void> {
  for (const [i, user] of ['alice', 'bob', 'carol'].entries()) {
    const file = await (await visitors.visit(user, 'docs')).open(
      'shared by three',
      { ...toWrite, access: readWrite },
      { locks: i },
    );
    for (let j = 0; j < i; j++)
      await file.lock({ offset: BigInt(100 * i + j), length: 1n, kind: 'exclusive', failImmediately: true });
  }
}

/** Two sessions of one user and one of another on one connection. */
async function shareConnection(visitors: Visitors): Promise<void> {
  const connection = await visitors.connect();
  for (const name of ['first', 'second']) {
    const alice = await visitors.visit('alice', 'docs', connection);
    await alice.open(`of the ${name} session`, toWrite, { isSessionPlain: false });
  }
  await (await visitors.visit('bob', 'docs', connection)).open('of the other user', toWrite);
}

/** The client of a durable handle loses its connection. */
async function leaveBehind(visitors: Visitors): Promise<void> {
  const connection = await visitors.connect();
  const visitor = await visitors.visit('bob', 'docs', connection);
  const lease = { key: Buffer.alloc(16, 10), state: 7 };
  const file = await visitor.open(
    'left behind',
    { ...toWrite, lease, durable: { createGuid: Buffer.alloc(16, 10) } },
    { sessionGlobalId: null, isDisconnected: true, locks: 2 },
  );
  await lock(file, 2, 'exclusive');
  connection.drop();
}
