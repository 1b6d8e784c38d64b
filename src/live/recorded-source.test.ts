import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  fileKey,
  packOpen,
  packSession,
  packShareModes,
  packTcon,
  someTime,
} from '../../test/support/records/index.ts';
import { idKey, tdbImage } from '../../test/support/tdb/index.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { layouts, shareModeLayouts } from '../samba/records/index.ts';
import { formatLocation } from '../sessions/index.ts';
import { RecordedSource } from './recorded-source.ts';

const layout = layouts[0]!;
const second = 1_000_000;
const recordedAt = '2026-11-24T21:17:34.000Z';
const recordedMicros = Date.parse(recordedAt) * 1000;
/** NTTIME of a moment before the recording began. */
const before = (seconds: number) => BigInt(recordedMicros - seconds * second) * 10n + 116_444_736_000_000_000n;

let folder: TemporaryFolder;
let clock: number;

beforeEach(() => {
  folder = new TemporaryFolder();
  clock = 2_000_000_000 * second;
  folder.file('recording.json', JSON.stringify({ release: '4.99.0', recordedAt, stepSeconds: 5, frames: ['a', 'b'] }));
  writeFrame('a', [[7, before(100)]]);
  writeFrame('b', [
    [7, before(100)],
    [8, before(1)],
  ]);
});
afterEach(() => folder[Symbol.dispose]());

function writeFrame(frame: string, sessions: readonly (readonly [number, bigint])[]): void {
  mkdirSync(folder.file(`${frame}/msg.lock`), { recursive: true });
  folder.file(`${frame}/msg.lock/4711`, '99\n');
  const rows = sessions.map(([id, creationTime]) => [idKey(id), packSession(layout, { id, creationTime })] as const);
  folder.file(`${frame}/smbXsrv_session_global.tdb`, tdbImage(rows).bytes);
  const tcon = packTcon(layout, { id: 5, sessionId: 7, shareName: 'docs' });
  folder.file(`${frame}/smbXsrv_tcon_global.tdb`, tdbImage([[idKey(5), tcon]]).bytes);
  const open = packOpen(layout, { id: 3, sessionId: 7, tconId: 5 });
  folder.file(`${frame}/smbXsrv_open_global.tdb`, tdbImage([[idKey(3), open]]).bytes);
}

const someMicros = Number((someTime - 116_444_736_000_000_000n) / 10n);

/** By session 7, as its open record says. */
function writeOpenFile(frame: string): void {
  const fileId = { device: 1n, inode: 2n, extension: 0n };
  const serverId = { pid: 4711, taskId: 0, vnn: 0xffff_ffff, uniqueId: 99n };
  const entry = { serverId, opType: 0, leaseKey: null, accessMask: 0x89, shareAccess: 7, uid: 1000, nameHash: 1 };
  const data = { servicePath: '/srv', baseName: 'x', streamName: null, deletedNames: [] };
  const entries = [{ ...entry, openedAt: someMicros, shareFileId: 3n }];
  const modes = packShareModes(shareModeLayouts[0]!, { fileId, data, entries });
  folder.file(`${frame}/locking.tdb`, tdbImage([[fileKey(fileId), modes]]).bytes);
  for (const name of ['brlock.tdb', 'leases.tdb']) folder.file(`${frame}/${name}`, tdbImage([]).bytes);
}

const openSource = () => new RecordedSource({ instance: 4, folder: folder.path, now: () => clock });

describe('RecordedSource', () => {
  test('plays its frames in a loop, and says what it is', async () => {
    using source = openSource();
    const counts: number[] = [];
    for (let at = 0; at < 6; at++) {
      const { sessions, parts } = await source.refresh();
      counts.push(sessions.length);
      expect(parts).toMatchObject([{ instance: 4, verdict: 'complete', problems: [] }]);
      expect(parts[0]!.recording).toBe('a recording of Samba 4.99.0, made 2026-11-24, not a running server');
      clock += 3 * second;
    }
    expect(counts).toEqual([1, 1, 2, 2, 1, 2]); // at 0, 3, 6, 9, 12, 15 s
  });

  test('ages are those of the recording in each loop; the location is the recorded one', async () => {
    using source = openSource();
    for (const elapsedSeconds of [0, 4, 7, 10, 14, 1007]) {
      clock = 2_000_000_000 * second + elapsedSeconds * second;
      const [session] = (await source.refresh()).sessions;
      expect(formatLocation(session!.location)).toBe(`4.7.${before(100)}`);
      expect((clock - session!.openedAt!) / second).toBe(100 + (elapsedSeconds % 10));
      expect(session!.channels[0].openedAt).toBe(session!.openedAt);
    }
  });

  test('every instant is moved by the same time, and never stays never', async () => {
    using source = openSource();
    const [session] = (await source.refresh()).sessions;
    const movedBy = session!.openedAt! - (recordedMicros - 100 * second);
    expect(session!.authenticatedAt).toBe(someMicros + movedBy);
    expect(session!.treeConnects[0]!.openedAt).toBe(someMicros + movedBy);
    expect(session!.expiresAt).toBeNull();
  });

  test('what did not change is the same object', async () => {
    using source = openSource();
    const first = await source.refresh();
    clock += 2 * second;
    expect((await source.refresh()).sessions).toBe(first.sessions);
  });

  test('what was open is played too, and moved likewise; where it was not recorded, that is said', async () => {
    writeOpenFile('b');
    using source = openSource();
    const without = await source.files();
    expect(without.files).toEqual([]);
    expect(without.parts).toMatchObject([
      {
        verdict: 'partial',
        recording: expect.stringContaining('4.99.0'),
        problems: [{ code: 'RECORDING_SESSIONS_ONLY' }],
      },
    ]);
    clock += 5 * second;
    const { files, parts } = await source.files();
    expect(parts).toMatchObject([{ instance: 4, verdict: 'complete', recording: expect.stringContaining('4.99.0') }]);
    expect(files).toMatchObject([{ path: '/srv/x', session: { sessionGlobalId: 7 }, location: { instance: 4 } }]);
    expect(files[0]!.openedAt).toBe(someMicros + clock - 5 * second - recordedMicros);
    expect(await source.resolveKinds(files)).toBe(files);
  });

  test('a folder without a recording is an error that says so', () => {
    using empty = new TemporaryFolder();
    expect(() => new RecordedSource({ instance: 1, folder: empty.path })).toThrow(/holds no recording: ENOENT/);
    empty.file('recording.json', '{ "frames": [] }');
    expect(() => new RecordedSource({ instance: 1, folder: empty.path })).toThrow(/lacks a time, a step or frames/);
  });
});
