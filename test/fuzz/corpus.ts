import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { layouts } from '../../src/samba/records/index.ts';
import { type ShareModeLayout, shareModeLayouts } from '../../src/samba/records/share-mode-layouts.ts';
import { parseHeader } from '../../src/samba/tdb/header.ts';
import { TdbTable } from '../../src/samba/tdb/index.ts';
import { recordPlace } from '../../src/samba/tdb/record.ts';
import { walkRecords } from '../../src/samba/tdb/walk.ts';
import { projectFolder } from '../support/program.ts';
import { claimCases } from '../support/records/cases.ts';
import {
  fileKey,
  nobody,
  packLease,
  packLocks,
  packOpen,
  packSession,
  packShareModes,
  packTcon,
} from '../support/records/index.ts';
import { idKey, tdbImage } from '../support/tdb/index.ts';
import {
  type FileKind,
  fileKinds,
  type Id,
  type Kind,
  kinds,
  makeDecoder,
  numbersIn,
  readingsOf,
  type SessionKind,
  sessionKinds,
  type Value,
} from './kinds.ts';
import { MemoryFile } from './memory-file.ts';

/** A good record: what stands in the file, and what it says. */
export interface Specimen {
  readonly id: Id;
  readonly key: Buffer;
  readonly data: Buffer;
  readonly value: Value;
  /** Places of the numbers in `data`. */
  readonly numbers: readonly number[];
  /** How many layouts read it: the fewer, the more it tells of its file's. */
  readonly fits: number;
}

/** A good file, which mutators start from. */
export interface SeedFile {
  readonly name: string;
  readonly kind: Kind;
  readonly bytes: Buffer;
  /** Where the headers of its live records stand. */
  readonly places: readonly number[];
  readonly records: readonly Specimen[];
}

/** The files of one server, those of its open files where there are such. */
export type SeedServer = Readonly<Record<SessionKind, SeedFile>> & Readonly<Partial<Record<FileKind, SeedFile>>>;

/** What is recorded in the project of real servers, and one packed for each layout. */
export function loadCorpus(): readonly SeedServer[] {
  const recorded = ['demo/recording', 'test/fixtures'].flatMap((folder) => serverFolders(join(projectFolder, folder)));
  return [...recorded.map(recordedServer), ...layouts.map(packedServer), ...shareModeLayouts.map(packedFiles)];
}

function serverFolders(root: string): string[] {
  if (!existsSync(root)) return [];
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  const folders = paths
    .filter((path) => basename(path) === kinds.session.file)
    .map((path) => join(root, dirname(path)));
  return folders.filter((folder) => sessionKinds.every((kind) => existsSync(join(folder, kinds[kind].file))));
}

function recordedServer(folder: string): SeedServer {
  const name = relative(projectFolder, folder);
  const read = (kind: Kind) => seedFile(`${name}/${kind}`, kind, readFileSync(join(folder, kinds[kind].file)));
  const present = fileKinds.filter((kind) => existsSync(join(folder, kinds[kind].file)));
  return { ...serverOf(read), ...Object.fromEntries(present.map((kind) => [kind, read(kind)])) };
}

function packedServer(layout: (typeof layouts)[number]): SeedServer {
  const sessions = [
    { id: 1 },
    { id: 2, accountName: '王小明', domainName: 'ß', channels: 3, watchers: 1 },
    { id: 0x8000_0001, remoteAddress: 'ipv6:2001:db8::7:60001', groups: [], uid: 65_534n },
    { id: 4, hasAuthenticated: false },
    { id: 5, channels: 0, sids: ['S-1-5-21-1-2-3-501'] },
    ...(layout.clientGuidAndClaims ? [{ ...claimCases['every claim everywhere'], id: 6 }] : []),
  ].map((session) => [idKey(session.id), packSession(layout, session)] as const);
  const tcons = ['docs', 'IPC$', 'Ablage für alle', ''].map(
    (shareName, i) => [idKey(i + 1), packTcon(layout, { id: i + 1, sessionId: 1 + (i % 2), shareName })] as const,
  );
  const opens = [1, 2, 3, 4].map((id) => {
    const open = { id, sessionId: 1 + (id % 2), tconId: id, isDisconnected: id === 4 };
    return [idKey(id), packOpen(layout, open)] as const;
  });
  const records = { session: sessions, tcon: tcons, open: opens };
  const options = { hashSize: 3, mutexBytes: 256 };
  return serverOf((kind) => seedFile(`${layout.since}/${kind}`, kind, tdbImage(records[kind], options).bytes));
}

/** The open files of a server, beside sessions of the newest layout. */
function packedFiles(layout: ShareModeLayout): SeedServer {
  const serverId = { pid: 4711, taskId: 0, vnn: 0xffff_ffff, uniqueId: 99n };
  const plain = { serverId, opType: 0, leaseKey: null, accessMask: 0x89, shareAccess: 7, openedAt: 1, uid: 1000 };
  const files = ['a', 'ü/名', '.', 'n'.repeat(300)].map((baseName, i) => {
    const leaseKey = 'ab'.repeat(32);
    const entries = [
      { ...plain, shareFileId: 1n, nameHash: 7 },
      { ...plain, opType: 0x100, leaseKey, shareFileId: 2n, nameHash: 8 },
      { ...plain, serverId: nobody, shareFileId: 3n, nameHash: 7 },
    ].slice(0, i + 1);
    const data = {
      servicePath: '/srv',
      baseName,
      streamName: i === 1 ? ':s' : null,
      deletedNames: i < 2 ? [] : [7, 8],
    };
    return { fileId: { device: 1n, inode: BigInt(i + 1), extension: 0n }, data, entries, watchers: i % 2 };
  });
  const holder = { serverId, context: 3, volatileId: 4, count: 5 };
  const locks = [
    [holder],
    [
      { ...holder, count: 1 },
      { ...holder, serverId: nobody },
    ],
    [{ ...holder, count: 100 }],
  ];
  const records: Record<FileKind, (readonly [Buffer, Buffer])[]> = {
    modes: files.map((file) => [fileKey(file.fileId), packShareModes(layout, file)]),
    locks: locks.map((some, i) => [fileKey(files[i]!.fileId), packLocks(layout.persistent, some)]),
    lease: [0, 5, 7].map((state, i) => [Buffer.alloc(32, i + 1), packLease(state, files.slice(0, i + 1))]),
  };
  const options = { hashSize: 3, mutexBytes: 256 };
  const made = fileKinds.map((kind) => [
    kind,
    seedFile(`${layout.since}/${kind}`, kind, tdbImage(records[kind], options).bytes),
  ]);
  return { ...packedServer(layouts[0]!), ...Object.fromEntries(made) };
}

function serverOf(make: (kind: SessionKind) => SeedFile): SeedServer {
  return { session: make('session'), tcon: make('tcon'), open: make('open') };
}

/** @throws Error where the file is not good: what mutators make of it could not be judged */
export function seedFile(name: string, kind: Kind, bytes: Buffer): SeedFile {
  const decoder = makeDecoder(kind);
  const places: number[] = [];
  const stuckAt = walkRecords(bytes, parseHeader(bytes), (at) => places.push(at));
  using table = new TdbTable('', decoder, () => new MemoryFile([{ bytes }]));
  const { records, problems } = table.refresh();
  if (problems.length > 0 || stuckAt !== null) throw new Error(`${name} is no good file: ${problems[0]?.message}`);
  const specimens = [...records.values()].map(({ key: id, at, dataAt, dataEnd, value }) => {
    const data = Buffer.from(bytes.subarray(dataAt, dataEnd));
    const key = Buffer.from(bytes.subarray(recordPlace(bytes, at).keyAt, dataAt));
    const numbers = numbersIn(kind, decoder.fitting[0]!, id, data);
    return { id, key, data, value: value!, numbers, fits: readingsOf(kind, id, data).length };
  });
  return { name, kind, bytes: Buffer.from(bytes), places, records: specimens };
}
