import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { layouts } from '../../src/samba/records/index.ts';
import { parseHeader } from '../../src/samba/tdb/header.ts';
import { TdbTable } from '../../src/samba/tdb/index.ts';
import { recordPlace } from '../../src/samba/tdb/record.ts';
import { walkRecords } from '../../src/samba/tdb/walk.ts';
import { projectFolder } from '../support/program.ts';
import { claimCases } from '../support/records/cases.ts';
import { packOpen, packSession, packTcon } from '../support/records/index.ts';
import { idKey, tdbImage } from '../support/tdb/index.ts';
import { type Kind, kindNames, kinds, makeDecoder, numbersIn, readingsOf, type Value } from './kinds.ts';
import { MemoryFile } from './memory-file.ts';

/** A good record: what stands in the file, and what it says. */
export interface Specimen {
  readonly id: number;
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

/** The three files of one server. */
export type SeedServer = Readonly<Record<Kind, SeedFile>>;

/** What is recorded in the project of real servers, and one packed for each layout. */
export function loadCorpus(): readonly SeedServer[] {
  const recorded = ['demo/recording', 'test/fixtures'].flatMap((folder) => serverFolders(join(projectFolder, folder)));
  return [...recorded.map(recordedServer), ...layouts.map(packedServer)];
}

function serverFolders(root: string): string[] {
  if (!existsSync(root)) return [];
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  const folders = paths
    .filter((path) => basename(path) === kinds.session.file)
    .map((path) => join(root, dirname(path)));
  return folders.filter((folder) => kindNames.every((kind) => existsSync(join(folder, kinds[kind].file))));
}

function recordedServer(folder: string): SeedServer {
  const name = relative(projectFolder, folder);
  return serverOf((kind) => seedFile(`${name}/${kind}`, kind, readFileSync(join(folder, kinds[kind].file))));
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

function serverOf(make: (kind: Kind) => SeedFile): SeedServer {
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
