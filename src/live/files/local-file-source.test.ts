import { mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loneServer } from '../../../test/support/lone-server.ts';
import {
  fileKey,
  nobody,
  packLease,
  packLocks,
  packOpen,
  packSession,
  packShareModes,
  packTcon,
  type ShareModeRecord,
  someTime,
} from '../../../test/support/records/index.ts';
import { idKey, tdbImage } from '../../../test/support/tdb/index.ts';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import type { SambaInstance } from '../../samba/conf/index.ts';
import {
  type Layout,
  layouts,
  type ShareModeEntry,
  type ShareModeLayout,
  shareModeLayouts,
} from '../../samba/records/index.ts';
import type { FileList, OpenFile } from '../../sessions/index.ts';
import { LocalSource } from '../local-source.ts';
import { LocalFileSource } from './local-file-source.ts';
import { mergeFiles } from './merged-files.ts';

const openedAt = Number((someTime - 116_444_736_000_000_000n) / 10n);
/** Of all that is packed, see `packSession`. */
const serverId = { pid: 4711, taskId: 0, vnn: 0xffff_ffff, uniqueId: 99n };
const fileId = { device: 0xfe00n, inode: 7n, extension: 0n };
const leaseKey = 'ab'.repeat(32);

const entry: ShareModeEntry = {
  serverId,
  opType: 0,
  leaseKey: null,
  accessMask: 0x0012_0089,
  shareAccess: 7,
  openedAt,
  shareFileId: 3n,
  uid: 1000,
  nameHash: 5,
};
const file: ShareModeRecord = {
  fileId,
  data: { servicePath: '/srv/docs', baseName: 'a/b', streamName: null, deletedNames: [] },
  entries: [entry],
};

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
  mkdirSync(folder.file('msg.lock'), { recursive: true });
  folder.file('msg.lock/4711', '99\n');
});
afterEach(() => folder[Symbol.dispose]());

interface World {
  readonly layout?: Layout;
  readonly modes?: ShareModeLayout;
  readonly files?: readonly ShareModeRecord[];
  readonly sessions?: readonly number[];
  readonly tcons?: readonly (readonly [id: number, sessionId: number, shareName: string])[];
  readonly opens?: readonly Parameters<typeof packOpen>[1][];
  readonly locks?: Parameters<typeof packLocks>[1];
}

const [newest, newestModes] = [layouts[0]!, shareModeLayouts[0]!];
/** The last in which no open record names a session. */
const old = layouts.find(({ since }) => since === '4.20')!;
const oldModes = shareModeLayouts.find(({ since }) => since === '4.22')!;

function write({
  layout = newest,
  modes = newestModes,
  files = [file],
  sessions = [7],
  tcons = [[5, 7, 'docs']],
  opens = [{ id: 3, sessionId: 7, tconId: 5 }],
  locks,
}: World): void {
  const tdb = (name: string, rows: Iterable<readonly [Buffer, Buffer]>) => folder.file(name, tdbImage(rows).bytes);
  tdb(
    'smbXsrv_session_global.tdb',
    sessions.map((id) => [idKey(id), packSession(layout, { id })]),
  );
  tdb(
    'smbXsrv_tcon_global.tdb',
    tcons.map(([id, sessionId, shareName]) => [idKey(id), packTcon(layout, { id, sessionId, shareName })]),
  );
  tdb(
    'smbXsrv_open_global.tdb',
    opens.map((open) => [idKey(open.id), packOpen(layout, open)]),
  );
  tdb(
    'locking.tdb',
    files.map((one) => [fileKey(one.fileId), packShareModes(modes, one)]),
  );
  tdb('brlock.tdb', locks === undefined ? [] : [[fileKey(fileId), packLocks(modes.persistent, locks)]]);
  tdb('leases.tdb', [[Buffer.from(leaseKey, 'hex'), packLease(5, [file])]]);
}

async function list(changes: Partial<SambaInstance> = {}): Promise<FileList> {
  using source = new LocalSource({ instance: 4, locate: () => loneServer(folder.path, changes) });
  return await new LocalFileSource({ instance: 4, source }).files();
}

async function one(world: World, changes: Partial<SambaInstance> = {}): Promise<OpenFile> {
  write(world);
  const { files, parts } = await list(changes);
  expect(parts).toMatchObject([{ instance: 4, verdict: 'complete', problems: [], recording: null }]);
  expect(files).toHaveLength(1);
  return files[0]!;
}

const withEntries = (...entries: readonly Partial<ShareModeEntry>[]): ShareModeRecord[] => [
  { ...file, entries: entries.map((changes) => ({ ...entry, ...changes })) },
];

describe('an open file', () => {
  test('is what its entry, its open record and its session say', async () => {
    const found = await one({ locks: [{ serverId, context: 3, volatileId: 5, count: 2 }] });
    expect(found).toEqual({
      location: { instance: 4, file: fileId, pid: 4711, uniqueId: 99n, shareFileId: 3n, openedMicros: openedAt },
      path: '/srv/docs/a/b',
      servicePath: '/srv/docs',
      isDirectory: null,
      stream: null,
      isDeleteOnClose: false,
      accessMask: 0x0012_0089,
      shareAccess: 7,
      caching: { kind: 'none' },
      openedAt,
      numByteRangeLocks: 2,
      uid: 1000,
      user: expect.objectContaining({ name: 'alice' }),
      session: { instance: 4, sessionGlobalId: 7, creationTime: someTime },
      sessionCertainty: 'exact',
      shareName: 'docs',
      client: '192.0.2.77',
      isDurable: false,
      isDisconnected: false,
    });
  });

  test.each([
    [0, { kind: 'none' }],
    [1, { kind: 'exclusive' }],
    [3, { kind: 'batch' }],
    [4, { kind: 'level_ii' }],
  ])('has the oplock %i', async (opType, caching) => {
    expect((await one({ files: withEntries({ opType }) })).caching).toEqual(caching);
  });

  test('has a lease, and its state where that is known', async () => {
    const lease = (key: string) => one({ files: withEntries({ opType: 0x100, leaseKey: key }) });
    expect((await lease(leaseKey)).caching).toEqual({ kind: 'lease', state: 5 });
    expect((await lease('cd'.repeat(32))).caching).toEqual({ kind: 'lease', state: null });
  });

  test.each([
    ['.', null, '/srv/docs', null],
    ['x', ':s', '/srv/docs/x', 's'],
    ['x', ':s:$DATA', '/srv/docs/x', 's'],
    ['x\u001b[31m\ny', null, '/srv/docs/x\u001b[31m\ny', null],
  ])('of the name %j and the stream %j', async (baseName, streamName, path, stream) => {
    const found = await one({ files: [{ ...file, data: { ...file.data, baseName, streamName } }] });
    expect(found).toMatchObject({ path, stream, isDirectory: stream === null ? null : false });
  });

  test('of a share that is the whole system', async () => {
    const at = (baseName: string) => one({ files: [{ ...file, data: { ...file.data, servicePath: '/', baseName } }] });
    expect([(await at('.')).path, (await at('x')).path]).toEqual(['/', '/x']);
  });

  test('goes once it is closed, where the name is to go by which it was opened', async () => {
    const data = { ...file.data, deletedNames: [5] };
    expect(await one({ files: [{ ...file, data }] })).toMatchObject({ isDeleteOnClose: true });
    expect(await one({ files: [{ ...file, data, entries: [{ ...entry, nameHash: 6 }] }] })).toMatchObject({
      isDeleteOnClose: false,
    });
  });

  test('of a process that is dead is none', async () => {
    write({
      files: withEntries({}, { serverId: { ...serverId, uniqueId: 98n } }, { serverId: { ...serverId, pid: 1 } }),
    });
    expect((await list()).files).toHaveLength(1);
  });

  test("whose client has gone is there, and is nobody's", async () => {
    const files = withEntries({ serverId: nobody });
    const opens = [{ id: 3, sessionId: 7, tconId: 6, isDisconnected: true, isDurable: true }];
    const locks = [{ serverId: nobody, context: 3, volatileId: 0, count: 4 }];
    expect(await one({ files, opens, locks })).toMatchObject({
      location: { pid: 0, shareFileId: 3n },
      isDisconnected: true,
      isDurable: true,
      numByteRangeLocks: 4,
      user: null,
      session: null,
      sessionCertainty: 'unknown',
      client: null,
      shareName: null,
    });
  });

  test('has the locks of its own, not of others', async () => {
    const opens = [
      { id: 3, sessionId: 7, tconId: 5, isDurable: true },
      { id: 4, sessionId: 7, tconId: 5, pid: 4712 },
    ];
    const other = { ...serverId, pid: 4712 };
    folder.file('msg.lock/4712', '99\n');
    write({
      files: withEntries({}, { serverId: other, shareFileId: 4n }),
      opens,
      locks: [
        { serverId, context: 3, volatileId: 5, count: 1 },
        { serverId: other, context: 4, volatileId: 5, count: 2 },
        { serverId, context: 3, volatileId: 5, count: 3 },
        { serverId, context: 9, volatileId: 9, count: 7 },
      ],
    });
    const { files } = await list();
    expect(files.map(({ numByteRangeLocks, isDurable }) => [numByteRangeLocks, isDurable])).toEqual([
      [4, true],
      [2, false],
    ]);
  });
});

describe.each([
  ['4.25', '4.25'],
  ['4.23', '4.23'],
])('on %s, where open records name session and tree connect', (since, modesSince) => {
  const layout = layouts.find((row) => row.since === since)!;
  const modes = shareModeLayouts.find((row) => row.since === modesSince)!;
  const releases = { layout, modes };
  const crowd = {
    sessions: [7, 8],
    tcons: [
      [5, 7, 'docs'],
      [6, 8, 'other'],
    ],
  } as const;

  test.each([3n, 77n])(
    'sessions of one user in one process are told apart, whatever the entry names (%i)',
    async (id) => {
      const opens = [{ id: 3, sessionId: 8, tconId: 6 }];
      const found = await one({ ...releases, ...crowd, opens, files: withEntries({ shareFileId: id }) });
      expect(found).toMatchObject({ session: { sessionGlobalId: 8 }, sessionCertainty: 'exact', shareName: 'other' });
    },
  );

  test('what has no record was closed since, or smbd opened it for itself: it is nobody’s, who else may be there', async () => {
    const files = withEntries({ openedAt: openedAt - 1, shareFileId: 2n ** 32n + 1n });
    expect(await one({ ...releases, files })).toMatchObject({ session: null, shareName: null, uid: 1000 });
    expect(await one({ ...releases, ...crowd, files })).toMatchObject({ session: null, shareName: null, uid: 1000 });
  });
});

describe('before 4.23, where process and user must do', () => {
  const releases = { layout: old, modes: oldModes };

  test('the only session of a process has opened what the process has', async () => {
    const opens = [{ id: 9, sessionId: 0, tconId: 0, isDurable: true }];
    expect(await one({ ...releases, opens })).toMatchObject({
      session: { sessionGlobalId: 7 },
      isDurable: true, // by the record of the same microsecond
    });
    // Whoever it was has ended since, or it is of `admin users`.
    expect(await one({ ...releases, opens, files: withEntries({ uid: 65534 }) })).toMatchObject({ session: null });
  });

  test('of two sessions of a user none is named', async () => {
    expect(await one({ ...releases, sessions: [7, 8] })).toMatchObject({
      session: null,
      sessionCertainty: 'unknown',
      user: null,
      client: null,
      uid: 1000,
    });
  });

  const shares = (paths: Readonly<Record<string, string | null>>) => ({ sharePaths: new Map(Object.entries(paths)) });
  const connected = (...names: readonly string[]) => ({
    ...releases,
    tcons: names.map((name, i) => [5 + i, 7, name] as const),
  });

  test.each<[string, readonly string[], Readonly<Record<string, string | null>>, string | null]>([
    ['none of whose folder is not known, though it is the only one', ['Docs'], {}, null],
    ['the one of that folder', ['Docs', 'IPC$', 'etc'], { docs: '/srv/docs/', etc: '/' }, 'Docs'],
    ['none of two of that folder', ['Docs', 'too'], { docs: '/srv/docs', too: '/srv/docs' }, null],
    ['none where another may have it', ['Docs', 'homes'], { docs: '/srv/docs', homes: null }, null],
    ['none where it does not say where another lies', ['Docs', 'registry'], { docs: '/srv/docs' }, null],
  ])('the share is %s', async (_, names, paths, shareName) => {
    // Folders that are there, for their identities to be known.
    const root = folder.file('root');
    for (const name of ['srv/docs']) mkdirSync(`${root}/${name}`, { recursive: true });
    expect((await one(connected(...names), { root, ...shares(paths) })).shareName).toBe(shareName);
  });

  test('a folder by another way is that folder', async () => {
    const root = folder.file('root');
    mkdirSync(`${root}/srv/docs`, { recursive: true });
    symlinkSync('docs', `${root}/srv/link`);
    const link = shares({ link: '/srv/link', etc: '/srv' });
    expect((await one(connected('link', 'etc'), { root, ...link })).shareName).toBe('link');
    const both = shares({ link: '/srv/link', docs: '/srv/docs' });
    expect((await one(connected('link', 'docs'), { root, ...both })).shareName).toBeNull();
  });
});

test('what has not changed is the same list, until a process has ended', async () => {
  write({});
  using source = new LocalSource({ instance: 4, locate: () => loneServer(folder.path) });
  const files = new LocalFileSource({ instance: 4, source });
  const { files: first } = await files.files();
  expect((await files.files()).files).toBe(first);
  expect(first).toHaveLength(1);
  rmSync(folder.file('msg.lock/4711'));
  folder.file('msg.lock/4712', '99\n');
  expect((await files.files()).files).toEqual([]);
});

describe('what can not be read', () => {
  test('locks and leases are missed, and the files are there', async () => {
    write({ files: withEntries({ opType: 0x100, leaseKey }) });
    rmSync(folder.file('brlock.tdb'));
    folder.file('leases.tdb', 'no TDB');
    const { files, parts } = await list();
    expect(files).toMatchObject([{ numByteRangeLocks: 0, caching: { kind: 'lease', state: null } }]);
    expect(parts[0]).toMatchObject({ verdict: 'partial', takenAt: expect.any(Number) });
    expect(parts[0]!.problems.map(({ code }) => code)).toEqual(['SAMBA_ABSENT', 'TDB_TRUNCATED']);
  });

  test('of an unknown layout: no list, and no smbstatus is asked', async () => {
    write({});
    const bytes = Buffer.alloc(200, 0x41);
    folder.file('locking.tdb', tdbImage([[fileKey(fileId), bytes]]).bytes);
    const { files, parts } = await list();
    expect(files).toEqual([]);
    expect(parts).toMatchObject([{ takenAt: null, verdict: 'partial', problems: [{ code: 'RECORD_LAYOUT_UNKNOWN' }] }]);
    expect(parts[0]!.problems[0]!.message).toMatch(/locking\.tdb.*not asked of smbstatus$/);
  });

  test('one record is a problem of that one', async () => {
    write({ files: [1n, 2n, 3n].map((inode) => ({ ...file, fileId: { ...fileId, inode } })) });
    const broken = tdbImage([
      ...[1n, 2n].map((inode) => {
        const record = { ...file, fileId: { ...fileId, inode } };
        return [fileKey(record.fileId), packShareModes(newestModes, record)] as const;
      }),
      [fileKey(fileId), packShareModes(newestModes, file).subarray(0, -1)] as const,
    ]);
    folder.file('locking.tdb', broken.bytes);
    const { files, parts } = await list();
    expect(files.map(({ location }) => location.file.inode)).toEqual([1n, 2n]);
    expect(parts).toMatchObject([{ verdict: 'partial', problems: [{ code: 'BYTES_TRUNCATED' }] }]);
  });

  test('no server: none is there', async () => {
    const { files, parts } = await list({ lockDirectory: folder.file('nowhere') });
    expect(files).toEqual([]);
    expect(parts).toMatchObject([{ takenAt: null, problems: [{ code: 'SAMBA_ABSENT' }] }]);
  });
});

describe('directories', () => {
  async function kindOf(baseName: string, changes: Partial<typeof fileId> = {}) {
    const root = folder.file('root');
    mkdirSync(`${root}/srv/docs/folder`, { recursive: true });
    writeFileSync(`${root}/srv/docs/file`, '');
    const { dev, ino } = statSync(`${root}/srv/docs/${baseName}`, { bigint: true });
    const id = { device: dev, inode: ino, extension: 0n, ...changes };
    write({ files: [{ ...file, fileId: id, data: { ...file.data, baseName } }] });
    using source = new LocalSource({ instance: 4, locate: () => loneServer(folder.path, { root }) });
    const files = mergeFiles([new LocalFileSource({ instance: 4, source })]);
    const [found] = await files.resolveKinds((await files.files()).files);
    return found!.isDirectory;
  }

  test('are told from files by a look at the very file', async () => {
    expect(await kindOf('folder')).toBe(true);
    expect(await kindOf('.')).toBe(true);
    expect(await kindOf('file')).toBe(false);
    expect(await kindOf('folder', { inode: 1n })).toBeNull();
  });
});

test('several servers are one list, by instance', async () => {
  write({});
  using source = new LocalSource({ instance: 4, locate: () => loneServer(folder.path) });
  using absent = new LocalSource({ instance: 5, locate: () => loneServer(folder.file('nowhere')) });
  const merged = mergeFiles([
    new LocalFileSource({ instance: 4, source }),
    new LocalFileSource({ instance: 5, source: absent }),
  ]);
  const { parts, files } = await merged.files();
  expect(parts.map(({ instance, verdict }) => [instance, verdict])).toEqual([
    [4, 'complete'],
    [5, 'partial'],
  ]);
  expect(await merged.resolveKinds(files)).toEqual(files);
  expect(files).toHaveLength(1);
});
