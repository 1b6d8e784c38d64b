import { describe, expect, test } from 'vitest';
import { NdrPacker } from '../../../test/support/records/packer.ts';
import { DecodeError } from '../bytes/index.ts';
import { ShareModeDecoder, type ShareModeEntry } from './share-mode-entries.ts';
import { type ShareModeLayout, shareModeLayouts } from './share-mode-layouts.ts';

const fileId = `fe01000000000000a5b6c7d800000000${'00'.repeat(8)}`;
const serverId = { pid: 4711, taskId: 0, vnn: 0xffff_ffff, uniqueId: 99n };

const reading: ShareModeEntry = {
  serverId,
  opType: 0,
  accessMask: 0x0012_0089,
  shareAccess: 7,
  shareFileId: 5n,
  uid: 1000,
};
const leased: ShareModeEntry = {
  serverId: { ...serverId, pid: 4712, uniqueId: 0x8877_6655_4433_2211n },
  opType: 0x100,
  accessMask: 0x0013_019f,
  shareAccess: 0,
  shareFileId: 0x89ab_cdefn,
  uid: 0xffff_fffe,
};
const disconnected: ShareModeEntry = {
  ...leased,
  serverId: { pid: Number(0xffff_ffff_ffff_ffffn), taskId: 0xffff_ffff, vnn: 0xffff_ffff, uniqueId: 7n },
};

function packServerId(packer: NdrPacker, { pid, taskId, vnn, uniqueId }: ShareModeEntry['serverId']): void {
  packer
    .hyper(BigInt.asUintN(64, pid > 2 ** 53 ? -1n : BigInt(pid)))
    .u32(taskId)
    .u32(vnn)
    .hyper(uniqueId);
}

/** `tail`: what stands in the bytes that are not used. */
function packEntry(layout: ShareModeLayout, entry: ShareModeEntry, tail = 0): Buffer {
  const packer = new NdrPacker();
  packServerId(packer, entry.serverId);
  packer.hyper(123n).u16(entry.opType).guid();
  if (layout.createGuid) packer.guid();
  packer.hyper(1n).hyper(2n).u32(entry.accessMask).u32(entry.shareAccess);
  if (layout.privateOptions) packer.u32(0);
  packer.hyper(1_790_000_000n).u32(999_999).nttime(entry.shareFileId).u32(entry.uid).u16(1).u32(0x0bad_cafe);
  const bytes = packer.toBuffer();
  return Buffer.concat([bytes, Buffer.alloc(layout.entryBytes - bytes.length, tail)]);
}

interface Around {
  readonly watchers?: number;
  readonly shared?: number;
  readonly data?: Buffer;
}

function u32(value: number): Buffer {
  return new NdrPacker().u32(value).toBuffer();
}

function packRecord(layout: ShareModeLayout, entries: readonly Buffer[], around: Around = {}): Buffer {
  const { watchers = 0, shared = 0, data = Buffer.from('a path and a name') } = around;
  return Buffer.concat([
    u32(watchers),
    Buffer.alloc(32 * watchers, 0x77),
    Buffer.alloc(24), // exclusive
    Buffer.alloc(layout.lockEpoch ? 16 : 8, 0x5a), // epochs
    u32(shared),
    Buffer.alloc(24 * shared, 0x66),
    u32(data.length),
    data,
    ...entries,
  ]);
}

function read(bytes: Buffer): { readonly entries: readonly ShareModeEntry[]; readonly fitting: readonly string[] } {
  const decoder = new ShareModeDecoder();
  const record = { key: fileId, bytes, dataAt: 0, dataEnd: bytes.length };
  if (!decoder.choose([record])) throw decoder.unknownLayout();
  return {
    entries: decoder.decode(bytes, 0, bytes.length, fileId),
    fitting: decoder.fitting.map(({ since }) => since),
  };
}

describe.each(shareModeLayouts.map((layout) => [layout.since, layout] as const))('of %s', (since, layout) => {
  const all = [reading, leased, disconnected];
  const packed = all.map((entry, i) => packEntry(layout, entry, i === 1 ? 0xab : 0));

  test.each<[string, Around]>([
    ['as it mostly is', {}],
    ['watched and locked', { watchers: 2, shared: 3 }],
    ['with a long path', { data: Buffer.alloc(4099, 0x41) }],
  ])('a record %s has its entries, and no other layout fits', (_, around) => {
    const { entries, fitting } = read(packRecord(layout, packed, around));
    expect(entries).toEqual(all);
    expect(fitting).toEqual([since]);
  });

  test('many entries, however many bytes of another layout those would be', () => {
    // 31 entries of 132 bytes are 33 of 124; 32 of 124 are 31 of 128.
    for (const count of [31, 32, 33]) {
      const many = Array.from({ length: count }, (_, i) => ({ ...reading, shareFileId: BigInt(i) }));
      const bytes = packRecord(
        layout,
        many.map((entry) => packEntry(layout, entry)),
      );
      expect(read(bytes)).toEqual({ entries: many, fitting: [since] });
    }
  });

  test('no cut of a record is read, but before its entries', () => {
    const bytes = packRecord(layout, packed, { watchers: 1 });
    const first = bytes.length - packed.length * layout.entryBytes;
    const decoder = new ShareModeDecoder();
    decoder.choose([{ key: fileId, bytes, dataAt: 0, dataEnd: bytes.length }]);
    for (let length = 0; length < bytes.length; length++) {
      const isWhole = length >= first && (length - first) % layout.entryBytes === 0;
      const isBare = length === 36 || length === first - 21; // only watched, only locked
      if (isWhole || isBare) expect(decoder.decode(bytes, 0, length, fileId).length).toBeLessThan(packed.length);
      else expect(() => decoder.decode(bytes, 0, length, fileId)).toThrow(DecodeError);
    }
  });

  test.each<[string, Partial<ShareModeEntry>]>([
    ['no process', { serverId: { ...serverId, pid: 0 } }],
    ['a process that is no smbd', { serverId: { ...serverId, taskId: 3 } }],
    ['an unknown kind of oplock', { opType: 5 }],
  ])('an entry with %s is none', (_, changes) => {
    expect(() => read(packRecord(layout, [packEntry(layout, { ...reading, ...changes })]))).toThrow(
      expect.objectContaining({ code: 'RECORD_LAYOUT_UNKNOWN' }),
    );
  });
});

test('keys are file ids, and nothing else', () => {
  const decoder = new ShareModeDecoder();
  const key = decoder.keyBytes(fileId);
  expect(decoder.keyOf(Buffer.concat([Buffer.alloc(3), key]), 3, 24)).toBe(fileId);
  expect(decoder.keyOf(key, 0, 16)).toBeUndefined();
});
