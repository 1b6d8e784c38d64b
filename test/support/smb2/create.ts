import {
  type CreateContexts,
  encodeCreateContexts,
  type GrantedContexts,
  parseCreateContexts,
} from './create-contexts.ts';
import { headerBytes } from './header.ts';
import { utf16, WireWriter } from './wire-writer.ts';

/** Access masks, [MS-SMB2] 2.2.13.1. */
export const access = {
  read: 0x0012_0089,
  write: 0x0012_0116,
  delete: 0x0001_0000,
  readAttributes: 0x0000_0080,
  all: 0x001f_01ff,
} as const;

/** What others may do with the file meanwhile, [MS-SMB2] 2.2.13. */
export const sharing = { none: 0, read: 1, write: 2, delete: 4, all: 7 } as const;

/** CreateDisposition, [MS-SMB2] 2.2.13. */
export const dispositions = { supersede: 0, open: 1, create: 2, open_if: 3, overwrite: 4, overwrite_if: 5 } as const;

/** Oplock levels, [MS-SMB2] 2.2.13. */
export const oplockLevels = { none: 0, two: 1, exclusive: 8, batch: 9, lease: 0xff } as const;

/** A level of oplock. */
export type OplockLevel = keyof typeof oplockLevels;

/** How to open a file, directory or pipe. */
export type OpenOptions = CreateContexts & {
  /** An access mask; by default to read, and to write unless it is a directory. */
  readonly access?: number;
  /** A sharing mask; by default all. */
  readonly share?: number;
  /** By default `open`. */
  readonly disposition?: keyof typeof dispositions;
  /** True for a directory only, false for a file only; by default either. */
  readonly directory?: boolean;
  readonly deleteOnClose?: boolean;
  /** Not together with a lease. */
  readonly oplock?: Exclude<OplockLevel, 'lease'>;
};

/** What the server says of an open. */
export type Opened = GrantedContexts & {
  readonly fileId: Buffer;
  readonly oplock: OplockLevel;
  readonly sizeBytes: bigint;
  readonly isDirectory: boolean;
};

const fixedBytes = 56;
const createOptions = { directory: 0x1, nonDirectory: 0x40, deleteOnClose: 0x1000 } as const;
const impersonation = 2;
const directoryAttribute = 0x10;

/** CREATE request, [MS-SMB2] 2.2.13. */
export function encodeCreate(name: string, options: OpenOptions): Buffer {
  const nameBytes = utf16(name);
  const contexts = encodeCreateContexts(options);
  const nameOffset = headerBytes + fixedBytes;
  // The server wants something to follow even where the name is empty.
  const contextsOffset = Math.ceil((nameOffset + Math.max(nameBytes.length, 1)) / 8) * 8;
  return new WireWriter()
    .u16(fixedBytes + 1)
    .u8(0)
    .u8(oplockLevels[options.lease ? 'lease' : (options.oplock ?? 'none')])
    .u32(impersonation)
    .zeros(16)
    .u32(accessMask(options))
    .u32(0)
    .u32(options.share ?? sharing.all)
    .u32(dispositions[options.disposition ?? 'open'])
    .u32(createOptionBits(options))
    .u16(nameOffset)
    .u16(nameBytes.length)
    .u32(contexts.length > 0 ? contextsOffset : 0)
    .u32(contexts.length)
    .raw(nameBytes)
    .zeros(contextsOffset - nameOffset - nameBytes.length)
    .raw(contexts)
    .finish();
}

/** CREATE response, [MS-SMB2] 2.2.14. */
export function parseCreate(body: Buffer): Opened {
  const contextsStart = body.readUInt32LE(80) - headerBytes;
  const contexts = body.subarray(contextsStart, contextsStart + body.readUInt32LE(84));
  return {
    fileId: Buffer.from(body.subarray(64, 80)),
    oplock: oplockLevelOf(body.readUInt8(2)),
    sizeBytes: body.readBigUInt64LE(48),
    isDirectory: (body.readUInt32LE(56) & directoryAttribute) !== 0,
    ...parseCreateContexts(contexts),
  };
}

/** The name of an oplock level. */
export function oplockLevelOf(code: number): OplockLevel {
  const levels = Object.keys(oplockLevels) as OplockLevel[];
  return levels.find((level) => oplockLevels[level] === code) ?? 'none';
}

function accessMask({ access: wanted, directory, deleteOnClose }: OpenOptions): number {
  const mask = wanted ?? (directory ? access.read : access.read | access.write);
  return deleteOnClose ? mask | access.delete : mask;
}

function createOptionBits({ directory, deleteOnClose }: OpenOptions): number {
  const kind = directory === undefined ? 0 : directory ? createOptions.directory : createOptions.nonDirectory;
  return deleteOnClose ? kind | createOptions.deleteOnClose : kind;
}
