import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LocalSource } from '../../../src/live/index.ts';
import { layouts } from '../../../src/samba/records/index.ts';
import { loneServer } from '../lone-server.ts';
import { projectFolder } from '../program.ts';
import { keyBytes, packOpen, packSession, packTcon } from '../records/index.ts';
import { idKey, tdbImage } from '../tdb/index.ts';
import { TemporaryFolder } from '../temporary.ts';
import { blobsOf, type DatabaseName, databaseNames, readDatabase, scrubDatabase } from './index.ts';

type Files = Readonly<Record<DatabaseName, Buffer>>;

/** A server's files in this layout, with room in each record and a key in its free space. */
function someFiles(layout: (typeof layouts)[number]): Files {
  const options = { slackBytes: 32, hashSize: 7 };
  const sessions = [7, 8, 9].map((id) => {
    const session = packSession(layout, {
      id,
      channels: id - 6,
      watchers: id - 7,
      remoteAddress: `ipv4:192.0.2.${id}:5`,
    });
    return [idKey(id), session] as const;
  });
  const tcon = packTcon(layout, { id: 5, sessionId: 7, shareName: 'docs' });
  const open = packOpen(layout, { id: 3, sessionId: 7, tconId: 5 });
  const sessionFile = tdbImage(sessions, options).bytes;
  keyBytes.copy(sessionFile, sessionFile.length - 100);
  return {
    'smbXsrv_open_global.tdb': tdbImage([[idKey(3), open]], options).bytes,
    'smbXsrv_tcon_global.tdb': tdbImage([[idKey(5), tcon]], options).bytes,
    'smbXsrv_session_global.tdb': sessionFile,
  };
}

function scrub(files: Files): Files {
  return Object.fromEntries(databaseNames.map((name) => [name, scrubDatabase(name, files[name])])) as Files;
}

async function sessionsIn(files: Files) {
  using folder = new TemporaryFolder();
  for (const name of databaseNames) writeFileSync(folder.file(name), files[name]);
  mkdirSync(folder.file('msg.lock'));
  folder.file('msg.lock/4711', '99\n');
  using source = new LocalSource({ instance: 1, locate: () => loneServer(folder.path) });
  const { parts, sessions } = await source.refresh();
  expect(parts).toMatchObject([{ verdict: 'complete', problems: [] }]);
  return sessions;
}

describe.each(layouts.map((layout) => [layout.since, layout] as const))('of the layout of %s', (_, layout) => {
  test('no key survives, and the sessions stay the same', async () => {
    const files = someFiles(layout);
    const sessionFile = files['smbXsrv_session_global.tdb'];
    const before = await sessionsIn(files);
    expect(before).toHaveLength(3);
    const scrubbed = scrub(files);
    expect(await sessionsIn(scrubbed)).toEqual(before);
    expect(sessionFile.includes(keyBytes)).toBe(true);
    for (const name of databaseNames) expect(scrubbed[name].includes(keyBytes)).toBe(false);
  });

  test('a record that the layout does not read to its end is refused', () => {
    const session = packSession(layout, { id: 7 });
    const longer = Buffer.concat([packSession(layout, { id: 8 }), Buffer.alloc(3)]);
    const { bytes } = tdbImage([
      [idKey(7), session],
      [idKey(8), longer],
    ]);
    expect(() => scrubDatabase('smbXsrv_session_global.tdb', bytes)).toThrow(/record 8 is longer than it says/);
  });
});

test('dead records and records of another kind are left behind', () => {
  const layout = layouts[0]!;
  const { bytes, offsets } = tdbImage([
    [idKey(7), packSession(layout, { id: 7 })],
    [idKey(8), packSession(layout, { id: 8, accountName: 'gone' })],
    [Buffer.alloc(32, 0x77), Buffer.from('of another kind')],
  ]);
  bytes.writeUInt32LE(0xfee1dead, offsets[1]! + 20);
  const scrubbed = scrubDatabase('smbXsrv_session_global.tdb', bytes);
  for (const text of ['gone', 'of another kind']) {
    expect(bytes.includes(text)).toBe(true);
    expect(scrubbed.includes(text)).toBe(false);
  }
  expect(scrubbed.includes('alice')).toBe(true);
});

test('a file of no known layout, or one that is being written, is refused', () => {
  const unknown = tdbImage([[idKey(7), Buffer.alloc(200, 0x55)]]).bytes;
  expect(() => scrubDatabase('smbXsrv_session_global.tdb', unknown)).toThrow(/no known layout/);
  const torn = tdbImage([[idKey(7), packSession(layouts[0]!, { id: 7 })]]);
  torn.bytes.writeUInt32LE(0x1234, torn.offsets[0]! + 20);
  expect(() => scrubDatabase('smbXsrv_session_global.tdb', torn.bytes)).toThrow(/being written/);
});

describe('the recording of the demo', () => {
  const folder = join(projectFolder, 'demo/recording');
  const frames = readdirSync(folder).filter((name) => /^\d+$/.test(name));

  test.each(frames)('frame %s: every key is zeros', (frame) => {
    const name = 'smbXsrv_session_global.tdb';
    const bytes = readFileSync(join(folder, frame, name));
    const blobs = blobsOf(name, bytes);
    const { records } = readDatabase(name, bytes);
    expect(records.length).toBeGreaterThanOrEqual(8);
    expect(blobs.length).toBeGreaterThanOrEqual(6 * records.length);
    expect(blobs.some((blob) => blob.length === 16)).toBe(true);
    expect(blobs.filter((blob) => blob.some((byte) => byte !== 0))).toEqual([]);
  });

  test('it is small', () => {
    const sizes = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(700_000);
  });
});
