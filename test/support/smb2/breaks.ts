import { type OplockLevel, oplockLevelOf, oplockLevels } from './create.ts';
import { WireWriter } from './wire-writer.ts';

/** The server takes back a lease, or a part of it. */
export type LeaseBreak = {
  readonly kind: 'lease';
  readonly key: Buffer;
  readonly currentState: number;
  readonly newState: number;
  readonly isAcknowledgementRequired: boolean;
};

/** The server takes back an oplock, or a part of it. */
export type OplockBreak = {
  readonly kind: 'oplock';
  readonly fileId: Buffer;
  readonly newLevel: OplockLevel;
};

const leaseBreakBytes = 44;

/** Oplock or lease break notification, [MS-SMB2] 2.2.23. */
export function parseBreak(body: Buffer): LeaseBreak | OplockBreak {
  if (body.readUInt16LE() !== leaseBreakBytes) {
    return { kind: 'oplock', newLevel: oplockLevelOf(body.readUInt8(2)), fileId: Buffer.from(body.subarray(8, 24)) };
  }
  return {
    kind: 'lease',
    isAcknowledgementRequired: (body.readUInt32LE(4) & 1) !== 0,
    key: Buffer.from(body.subarray(8, 24)),
    currentState: body.readUInt32LE(24),
    newState: body.readUInt32LE(28),
  };
}

/** Acknowledgement of a break, [MS-SMB2] 2.2.24. */
export function encodeBreakAcknowledgement(notice: LeaseBreak | OplockBreak): Buffer {
  if (notice.kind === 'lease') {
    return new WireWriter().u16(36).u16(0).u32(0).raw(notice.key).u32(notice.newState).u64(0n).finish();
  }
  return new WireWriter().u16(24).u8(oplockLevels[notice.newLevel]).u8(0).u32(0).raw(notice.fileId).finish();
}
