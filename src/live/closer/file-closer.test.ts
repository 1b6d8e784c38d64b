import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileSourceOf, someFile } from '../../../test/support/files.ts';
import { loneServer } from '../../../test/support/lone-server.ts';
import {
  fileKey,
  nobody,
  packOpen,
  packSession,
  packShareModes,
  packTcon,
  type ShareModeRecord,
  someTime,
} from '../../../test/support/records/index.ts';
import { idKey, tdbImage } from '../../../test/support/tdb/index.ts';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import {
  type Layout,
  layouts,
  type ShareModeEntry,
  type ShareModeLayout,
  shareModeLayouts,
} from '../../samba/records/index.ts';
import type { FileCloser, FileLocation } from '../../sessions/index.ts';
import { LocalFileSource } from '../files/local-file-source.ts';
import { LocalSource } from '../local-source.ts';
import { createFileCloser, fileCloserOfRecording } from './index.ts';

const openedAt = Number((someTime - 116_444_736_000_000_000n) / 10n);
const serverId = { pid: 4711, taskId: 0, vnn: 0xffff_ffff, uniqueId: 99n };
const fileId = { device: 0xfe00n, inode: 7n, extension: 0n };
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
const data = { servicePath: '/srv/docs', baseName: 'a', streamName: null, deletedNames: [] };

let folder: TemporaryFolder;
let source: LocalSource | undefined;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => {
  source?.[Symbol.dispose]();
  folder[Symbol.dispose]();
});

interface World {
  readonly layout?: Layout;
  readonly modes?: ShareModeLayout;
  readonly entries?: readonly Partial<ShareModeEntry>[];
  readonly changes?: Partial<ShareModeRecord>;
  /** Open records, by their ids: those of 4.24 are the entries' own. */
  readonly opens?: readonly number[];
}

/** A closer of a server that has this file open; its process 4711 lives. */
function serve({ layout = layouts[0]!, modes = shareModeLayouts[0]!, entries = [{}], changes, opens }: World = {}) {
  mkdirSync(folder.file('msg.lock'), { recursive: true });
  folder.file('msg.lock/4711', '99\n');
  const all = entries.map((some) => ({ ...entry, ...some }));
  const tdb = (name: string, rows: readonly (readonly [Buffer, Buffer])[]) => folder.file(name, tdbImage(rows).bytes);
  tdb('smbXsrv_session_global.tdb', [[idKey(7), packSession(layout, { id: 7 })]]);
  tdb('smbXsrv_tcon_global.tdb', [[idKey(5), packTcon(layout, { id: 5, sessionId: 7, shareName: 'docs' })]]);
  const ids = opens ?? all.map(({ shareFileId }) => Number(shareFileId));
  tdb(
    'smbXsrv_open_global.tdb',
    ids.map((id) => [idKey(id), packOpen(layout, { id, sessionId: 7, tconId: 5 })]),
  );
  tdb('locking.tdb', [[fileKey(fileId), packShareModes(modes, { fileId, data, entries: all, ...changes })]]);
  for (const name of ['brlock.tdb', 'leases.tdb']) tdb(name, []);
  source = new LocalSource({ instance: 1, locate: () => loneServer(folder.path) });
  return createFileCloser([{ instance: 1, source, files: new LocalFileSource({ instance: 1, source }) }]);
}

const location: FileLocation = {
  instance: 1,
  file: fileId,
  pid: 4711,
  uniqueId: 99n,
  shareFileId: 3n,
  openedMicros: openedAt,
};
const at = (changes: Partial<FileLocation>) => ({ ...location, ...changes });

async function reasons(closer: FileCloser, ...locations: readonly FileLocation[]) {
  const { closes, problems } = await closer.plan(locations);
  expect(problems).toEqual([]);
  return closes.map(({ notClosable }) => notClosable);
}

/** What comes of a close of a plan that says that all can be closed. */
async function forced(closer: FileCloser, ...locations: readonly FileLocation[]) {
  const closes = locations.map((one) => ({ location: one, file: null, notClosable: null, numOthers: 0 }));
  const outcomes = await Array.fromAsync(closer.close({ madeAt: 0, closes, problems: [] }, {}));
  return outcomes.map(({ result, message }) => [result, message]);
}

describe('a plan', () => {
  test('has each location once, in the order given, with its open and the others of its file', async () => {
    const closer = serve({ entries: [{}, { shareFileId: 4n, uid: 1001 }, { shareFileId: 8n }] });
    const { closes } = await closer.plan([at({ shareFileId: 8n }), location, at({ shareFileId: 8n })]);
    expect(closes).toMatchObject([
      { location: { shareFileId: 8n }, file: { path: '/srv/docs/a' }, notClosable: null, numOthers: 2 },
      { location, file: { location, user: { name: 'alice' }, shareName: 'docs' }, notClosable: null, numOthers: 2 },
    ]);
    expect(await reasons(closer)).toEqual([]);
  });

  test('never means another open than the one that is named, by any of its numbers', async () => {
    const closer = serve();
    const wrong = [
      ...(['device', 'inode', 'extension'] as const).map((word) => at({ file: { ...fileId, [word]: 1n } })),
      at({ pid: 4712 }),
      at({ pid: 0 }),
      at({ uniqueId: 98n }),
      at({ shareFileId: 2n ** 32n + 3n }),
      at({ openedMicros: openedAt + 1 }),
    ];
    expect(await reasons(closer, ...wrong)).toEqual(wrong.map(() => 'gone'));
    expect(await forced(closer, ...wrong)).toEqual(wrong.map(() => ['gone', 'it had already been closed']));
    expect(await reasons(closer, at({ instance: 2 }))).toEqual(['not_served']);
    expect(await forced(closer, at({ instance: 2 }))).toEqual([
      ['failed', 'not found: no Samba of number 2 is served here'],
    ]);
  });

  test('of an open of a process that has ended: gone', async () => {
    const ofAnother = { ...serverId, uniqueId: 98n };
    const closer = serve({
      entries: [{ serverId: ofAnother }, { serverId: { ...serverId, pid: 4712 }, shareFileId: 4n }],
    });
    const named = [at({ uniqueId: 98n }), at({ pid: 4712, shareFileId: 4n })];
    expect(await reasons(closer, ...named)).toEqual(['gone', 'gone']);
    expect((await forced(closer, ...named)).map(([result]) => result)).toEqual(['gone', 'gone']);
  });

  test('of one whose client has gone: there is nobody to tell', async () => {
    const closer = serve({ entries: [{ serverId: nobody }] });
    const { closes } = await closer.plan([at({ pid: 0, uniqueId: nobody.uniqueId })]);
    expect(closes).toMatchObject([{ notClosable: 'disconnected', file: { isDisconnected: true } }]);
    expect((await forced(closer, closes[0]!.location))[0]).toEqual([
      'refused',
      expect.stringContaining('client has gone'),
    ]);
  });

  test('of one that smbd has beneath a stream, which no open record is of', async () => {
    const closer = serve({ entries: [{}, { shareFileId: 4n, openedAt: openedAt + 1 }], opens: [3] });
    const beneath = at({ shareFileId: 4n, openedMicros: openedAt + 1 });
    expect(await reasons(closer, beneath, location)).toEqual(['beneath_stream', null]);
    expect((await forced(closer, beneath))[0]).toEqual(['refused', expect.stringContaining('beneath a stream')]);
  });

  test('of a file in which its process waits for something, and of one in which another does', async () => {
    const watched = (...watchers: readonly { readonly pid: number; readonly uniqueId: bigint }[]) =>
      serve({ changes: { watching: watchers.map((one) => ({ ...serverId, ...one })) } });
    const own = { pid: 4711, uniqueId: 99n };
    const closer = watched({ pid: 4799, uniqueId: 1n }, own);
    expect(await reasons(closer, location)).toEqual(['waiting']);
    expect((await forced(closer, location))[0]).toEqual(['refused', expect.stringContaining('waits for a lock')]);
    source![Symbol.dispose]();
    expect(await reasons(watched({ pid: 4799, uniqueId: 99n }), location)).toEqual([null]);
  });

  test.each([
    ['4.13', '4.13', null],
    ['4.15.9', '4.17', null],
    ['4.19', '4.17', 'form_unknown'],
    ['4.20', '4.20', 'form_unknown'],
    ['4.20', '4.22', 'form_unknown'],
    ['4.23', '4.23', null],
    ['4.25', '4.25', null],
  ])('of a server whose records are as since %s, and of what is open as since %s', async (sessions, open, reason) => {
    const layout = layouts.find(({ since }) => since === sessions)!;
    const closer = serve({ layout, modes: shareModeLayouts.find(({ since }) => since === open)!, opens: [3] });
    expect(await reasons(closer, location)).toEqual([reason]);
    if (reason !== null) {
      expect((await forced(closer, location))[0]).toEqual(['refused', expect.stringContaining('4.21 and 4.22')]);
    }
  });

  test('of a server that can not be read says so', async () => {
    const closer = serve();
    folder.file('locking.tdb', 'no TDB at all, but long enough to be taken for one'.repeat(20));
    const { closes, problems } = await closer.plan([location]);
    expect([closes[0]!.notClosable, problems]).toMatchObject(['unreadable', [{ code: 'TDB_NOT_TDB' }]]);
    expect((await forced(closer, location))[0]![0]).toBe('failed');
  });
});

test('of a recording closes nothing', async () => {
  const [one, two] = [someFile(1), someFile(2)];
  const closer = fileCloserOfRecording(fileSourceOf([one, two]));
  const wanted = [two.location, someFile(3).location, two.location];
  const plan = await closer.plan(wanted);
  expect(plan.closes).toMatchObject([
    { notClosable: 'recorded', file: two, numOthers: 1 },
    { notClosable: 'gone', file: null, numOthers: 0 },
  ]);
  const outcomes = await Array.fromAsync(closer.close(plan, {}));
  expect(outcomes.map(({ result }) => result)).toEqual(['refused', 'gone']);
  expect((await forced(closer, one.location))[0]![0]).toBe('refused');
});
