import type {
  ByteRangeLocks,
  FileId,
  ServerId,
  ShareModeData,
  ShareModeEntry,
} from '../../../src/samba/records/index.ts';
import type { ShareModeLayout } from '../../../src/samba/records/share-mode-layouts.ts';
import { authDefaults, packToken, packUnixToken } from './pack-auth-session-info.ts';
import { NdrPacker } from './packer.ts';

/** A record of `locking.tdb`: what it says, and what stands around that. */
export interface ShareModeRecord {
  readonly fileId: FileId;
  readonly data: ShareModeData;
  readonly entries: readonly ShareModeEntry[];
  readonly watchers?: number;
  /** Processes that watch it, instead of so many. */
  readonly watching?: readonly ServerId[];
  /** Processes that hold the record's lock. */
  readonly shared?: number;
  /** What stands in the bytes of an entry that are not used. */
  readonly tail?: number;
}

/** What a disconnected handle has instead of a process. */
export const nobody: ServerId = { pid: 2 ** 64, taskId: 0xffff_ffff, vnn: 0xffff_ffff, uniqueId: 2n ** 64n - 1n };

export function fileKey({ device, inode, extension }: FileId): Buffer {
  return new NdrPacker().hyper(device).hyper(inode).hyper(extension).toBuffer();
}

/** As a server with this layout would store it. */
export function packShareModes(layout: ShareModeLayout, record: ShareModeRecord): Buffer {
  const { watchers = 0, watching, shared = 0, tail = 0 } = record;
  const data = packShareModeData(layout, record);
  return Buffer.concat([
    u32(watching?.length ?? watchers),
    ...(watching?.map((one) => packServerId(new NdrPacker(), one).hyper(1n).toBuffer()) ?? []),
    Buffer.alloc(watching === undefined ? 32 * watchers : 0, 0x77),
    Buffer.alloc(24), // exclusive
    Buffer.alloc(layout.lockEpoch ? 16 : 8, 0x5a), // epochs
    u32(shared),
    Buffer.alloc(24 * shared, 0x66),
    u32(data.length),
    data,
    ...record.entries.map((entry) => packEntry(layout, entry, tail)),
  ]);
}

function packShareModeData(layout: ShareModeLayout, { fileId, data }: ShareModeRecord): Buffer {
  const { servicePath, baseName, streamName, deletedNames } = data;
  const packer = new NdrPacker();
  if (layout.persistent) packer.u32(1).hyper(7n).u16(0x1f8).u32(1).u32(0xaef1aef1).align(8);
  packer
    .hyper(7n)
    .u16(0x1f8)
    .pointer(true)
    .pointer(true)
    .pointer(streamName !== null);
  if (layout.persistent) packer.u32(0);
  packer.u32(deletedNames.length).u32(deletedNames.length);
  for (const nameHash of deletedNames) {
    if (layout.parentLeaseKey) packer.align(8);
    packer.u32(nameHash);
    if (layout.parentLeaseKey) packer.hyper(1n).hyper(2n);
    if (layout.persistent) packer.hyper(3n);
    packer.pointer(true).pointer(true);
  }
  if (layout.privateOptions) packer.nttime(1n).nttime(2n);
  packer.align(4).raw(fileKey(fileId)).string(servicePath).string(baseName);
  if (streamName !== null) packer.string(streamName);
  for (const _ of deletedNames) {
    packToken(packer, { clientGuidAndClaims: layout.claims }, authDefaults);
    packUnixToken(packer, authDefaults);
  }
  return packer.toBuffer();
}

function packEntry(layout: ShareModeLayout, entry: ShareModeEntry, tail: number): Buffer {
  const packer = packServerId(new NdrPacker(), entry.serverId).hyper(123n).u16(entry.opType).align(4);
  const lease = Buffer.from(entry.leaseKey ?? '11'.repeat(32), 'hex');
  packer.raw(lease.subarray(0, 16));
  if (layout.persistent) packer.guid();
  packer.align(8).raw(lease.subarray(16)).u32(entry.accessMask).u32(entry.shareAccess);
  if (layout.privateOptions) packer.u32(0);
  const micros = entry.openedAt % 1_000_000;
  packer.hyper(BigInt((entry.openedAt - micros) / 1_000_000)).u32(micros);
  packer.nttime(entry.shareFileId).u32(entry.uid).u16(1).u32(entry.nameHash);
  const bytes = packer.toBuffer();
  return Buffer.concat([bytes, Buffer.alloc(layout.entryBytes - bytes.length, tail)]);
}

/** A record of `brlock.tdb`: one range after the other, as if each were locked alone. */
export function packLocks(isPersistent: boolean, locks: readonly ByteRangeLocks[]): Buffer {
  const all = locks.flatMap(({ count, ...holder }) => Array.from({ length: count }, () => holder));
  const packed = all.map(({ serverId, context, volatileId }, i) => {
    const packer = packServerId(new NdrPacker().hyper(BigInt(context)).u32(9).align(8), serverId);
    packer
      .hyper(BigInt(10 * i))
      .hyper(10n)
      .hyper(BigInt(volatileId));
    packer.u32(i % 2).u32(0);
    if (isPersistent) packer.u8(0).align(8);
    return packer.toBuffer();
  });
  return Buffer.concat([isPersistent ? Buffer.from([0, 0, 0, 1]) : Buffer.alloc(0), ...packed]);
}

/** A record of `leases.tdb`. */
export function packLease(state: number, files: readonly ShareModeRecord[]): Buffer {
  const packer = new NdrPacker().u32(state).u8(0).u32(0).u32(0).u16(1).u16(1).u32(files.length);
  for (const { fileId, data } of files) {
    packer
      .align(4)
      .raw(fileKey(fileId))
      .pointer(true)
      .pointer(true)
      .pointer(data.streamName !== null);
  }
  for (const { data } of files) {
    packer.string(data.servicePath).string(data.baseName);
    if (data.streamName !== null) packer.string(data.streamName);
  }
  return packer.toBuffer();
}

function packServerId(packer: NdrPacker, { pid, taskId, vnn, uniqueId }: ServerId): NdrPacker {
  return packer
    .hyper(BigInt.asUintN(64, pid > 2 ** 53 ? -1n : BigInt(pid)))
    .u32(taskId)
    .u32(vnn)
    .hyper(uniqueId);
}

function u32(value: number): Buffer {
  return new NdrPacker().u32(value).toBuffer();
}
