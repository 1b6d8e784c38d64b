import { describe, expect, test } from 'vitest';
import { fileKey, nobody, packShareModes, type ShareModeRecord } from '../../../test/support/records/index.ts';
import { DecodeError } from '../bytes/index.ts';
import type { ShareModeData } from './share-mode-data.ts';
import type { ShareModeEntry } from './share-mode-entries.ts';
import { shareModeLayouts } from './share-mode-layouts.ts';
import { ShareModeDecoder, type ShareModes } from './share-modes.ts';

const fileId = { device: 0x1fen, inode: 0xd8c7b6a5n, extension: 0x8877_6655_4433_2211n };
const serverId = { pid: 4711, taskId: 0, vnn: 0xffff_ffff, uniqueId: 99n };
const key = fileKey(fileId).toString('hex');

const reading: ShareModeEntry = {
  serverId,
  opType: 0,
  leaseKey: null,
  accessMask: 0x0012_0089,
  shareAccess: 7,
  openedAt: 1_790_000_000_999_999,
  shareFileId: 5n,
  uid: 1000,
  nameHash: 0x0bad_cafe,
};
const leased: ShareModeEntry = {
  ...reading,
  serverId: { ...serverId, pid: 4712, uniqueId: 0x8877_6655_4433_2211n },
  opType: 0x100,
  leaseKey: '0123456789abcdef'.repeat(4),
  accessMask: 0x0013_019f,
  shareAccess: 0,
  shareFileId: 0x89ab_cdefn,
  uid: 0xffff_fffe,
};
const disconnected: ShareModeEntry = { ...leased, serverId: nobody };
const plain: ShareModeData = { servicePath: '/srv/docs', baseName: 'a/b.txt', streamName: null, deletedNames: [] };

function read(bytes: Buffer): Omit<ShareModes, 'watchers'> & { readonly fitting: readonly string[] } {
  const decoder = new ShareModeDecoder();
  if (!decoder.choose([{ key, bytes, dataAt: 0, dataEnd: bytes.length }])) throw decoder.unknownLayout();
  const { watchers, ...said } = decoder.decode(bytes, 0, bytes.length, key);
  return { ...said, fitting: decoder.fitting.map(({ since }) => since) };
}

/** Layouts that differ in what stands in a delete token only. */
const alike = ['4.22', '4.20', '4.17'];

describe.each(shareModeLayouts.map((layout) => [layout.since, layout] as const))('of %s', (since, layout) => {
  const entries = [reading, leased, disconnected];
  const fittingWithout = alike.includes(since) ? alike : [since];
  const names = ['.', 'x', '名/Ünïcødé 👩‍💻', 'ß'.repeat(120), 'n'.repeat(4095), `${'d/'.repeat(60)}e`];

  test.each<[string, Partial<ShareModeRecord>]>([
    ['as it mostly is', {}],
    ['watched and locked', { watchers: 2, shared: 3 }],
    ['with a stream', { data: { ...plain, streamName: ':名:$DATA' } }],
    ['with other bytes where none are used', { tail: 0xab }],
    ...names.map((baseName): [string, Partial<ShareModeRecord>] => [
      `of the name ${baseName.slice(0, 10)}, ${baseName.length} long`,
      { data: { ...plain, baseName } },
    ]),
  ])('a record %s says what is open, and no layout fits that would say another thing', (_, changes) => {
    const record = { fileId, data: plain, entries, ...changes };
    const { fitting, ...said } = read(packShareModes(layout, record));
    expect(said).toEqual({ fileId, data: record.data, entries });
    expect(fitting).toEqual(fittingWithout);
  });

  test.each([[[7]], [[7, 8, 9]]])('delete tokens %j tell the layout', (deletedNames) => {
    const data = { ...plain, streamName: ':s', deletedNames };
    const { fitting, ...said } = read(packShareModes(layout, { fileId, data, entries }));
    expect(said).toEqual({ fileId, data, entries });
    expect(fitting).toEqual([since]);
  });

  test('many entries, however many bytes of another layout those would be', () => {
    // 31 entries of 132 bytes are 33 of 124; 32 of 124 are 31 of 128.
    for (const count of [31, 32, 33]) {
      const many = Array.from({ length: count }, (_, i) => ({ ...reading, shareFileId: BigInt(i) }));
      const said = read(packShareModes(layout, { fileId, data: plain, entries: many }));
      expect(said.entries).toEqual(many);
      expect(said.fitting).toEqual(fittingWithout);
    }
  });

  test('no cut of a record is read, but before its entries', () => {
    const bytes = packShareModes(layout, { fileId, data: { ...plain, deletedNames: [1] }, entries, watchers: 1 });
    const first = bytes.length - entries.length * layout.entryBytes;
    const decoder = new ShareModeDecoder();
    decoder.choose([{ key, bytes, dataAt: 0, dataEnd: bytes.length }]);
    const bare = [36, 36 + 24 + (layout.lockEpoch ? 16 : 8) + 4]; // only watched, only locked
    for (let length = 0; length < bytes.length; length++) {
      const isWhole = length >= first && (length - first) % layout.entryBytes === 0;
      if (isWhole || bare.includes(length)) {
        expect(decoder.decode(bytes, 0, length, key).entries.length).toBeLessThan(entries.length);
      } else {
        expect(() => decoder.decode(bytes, 0, length, key)).toThrow(DecodeError);
      }
    }
  });

  test.each<[string, Partial<ShareModeEntry>]>([
    ['no process', { serverId: { ...serverId, pid: 0 } }],
    ['a process that is no smbd', { serverId: { ...serverId, taskId: 3 } }],
    ['an unknown kind of oplock', { opType: 5 }],
    ['a time beyond all', { openedAt: 9_000_000_001_000_000 }],
  ])('an entry with %s is none', (_, changes) => {
    const bytes = packShareModes(layout, { fileId, data: plain, entries: [{ ...reading, ...changes }] });
    expect(() => read(bytes)).toThrow(expect.objectContaining({ code: 'RECORD_LAYOUT_UNKNOWN' }));
  });

  test('a record that says another file than its key is none', () => {
    const bytes = packShareModes(layout, { fileId: { ...fileId, inode: 1n }, data: plain, entries });
    expect(() => read(bytes)).toThrow(expect.objectContaining({ code: 'RECORD_LAYOUT_UNKNOWN' }));
  });
});

test('processes that watch a file are told, and what is open all the same', () => {
  const watching = [serverId, { ...serverId, pid: 4712 }];
  for (const layout of shareModeLayouts) {
    const bytes = packShareModes(layout, { fileId, data: plain, entries: [reading], watching });
    const decoder = new ShareModeDecoder();
    decoder.choose([{ key, bytes, dataAt: 0, dataEnd: bytes.length }]);
    const said = decoder.decode(bytes, 0, bytes.length, key);
    expect(said).toEqual({ fileId, data: plain, entries: [reading], watchers: watching });
  }
});

test('keys are file ids, and nothing else', () => {
  const decoder = new ShareModeDecoder();
  const bytes = decoder.keyBytes(key);
  expect(decoder.keyOf(Buffer.concat([Buffer.alloc(3), bytes]), 3, 24)).toBe(key);
  expect(decoder.keyOf(bytes, 0, 16)).toBeUndefined();
});
