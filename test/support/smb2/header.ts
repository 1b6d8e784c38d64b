import { WireWriter } from './wire-writer.ts';

/** The size of the header that starts each message. */
export const headerBytes = 64;

/** Flags of a header, [MS-SMB2] 2.2.1. */
export const headerFlags = { response: 1, async: 2, signed: 8 } as const;

/** The message id of a break notification, which answers no request. */
export const unsolicitedMessageId = 0xffff_ffff_ffff_ffffn;

const protocolId = 0x424d_53fe;
const flagsOffset = 16;
const signatureOffset = 48;
const signatureBytes = 16;

/** The fields of a header that a request chooses. */
export type RequestHeader = {
  readonly command: number;
  readonly messageId: bigint;
  readonly sessionId: bigint;
  readonly treeId: number;
  readonly creditCharge: number;
  readonly creditRequest: number;
  /** Set to cancel a request that the server took for later; replaces the tree id. */
  readonly asyncId?: bigint | undefined;
};

/** The fields of a received header. */
export type ResponseHeader = {
  readonly command: number;
  readonly status: number;
  readonly credits: number;
  readonly flags: number;
  readonly nextOffset: number;
  readonly messageId: bigint;
  readonly sessionId: bigint;
  /** The tree id of a message with its answer; not meaningful while the async flag is set. */
  readonly treeId: number;
  readonly asyncId: bigint;
};

/** A whole request: the header, [MS-SMB2] 2.2.1, and the body of its command. */
export function encodePacket(header: RequestHeader, body: Buffer): Buffer {
  const writer = new WireWriter()
    .u32(protocolId)
    .u16(headerBytes)
    .u16(header.creditCharge)
    .u32(0)
    .u16(header.command)
    .u16(header.creditRequest)
    .u32(header.asyncId === undefined ? 0 : headerFlags.async)
    .u32(0)
    .u64(header.messageId);
  if (header.asyncId === undefined) writer.u32(0).u32(header.treeId);
  else writer.u64(header.asyncId);
  return writer.u64(header.sessionId).zeros(signatureBytes).raw(body).finish();
}

/** Reads the header of a received message. */
export function decodeHeader(packet: Buffer): ResponseHeader {
  return {
    status: packet.readUInt32LE(8),
    command: packet.readUInt16LE(12),
    credits: packet.readUInt16LE(14),
    flags: packet.readUInt32LE(flagsOffset),
    nextOffset: packet.readUInt32LE(20),
    messageId: packet.readBigUInt64LE(24),
    asyncId: packet.readBigUInt64LE(32),
    treeId: packet.readUInt32LE(36),
    sessionId: packet.readBigUInt64LE(40),
  };
}

/** Whether the bytes start like an SMB2 message. */
export function isSmb2(packet: Buffer): boolean {
  return packet.length >= headerBytes && packet.readUInt32LE() === protocolId;
}

/** The signature within a message, as a view that can be written to. */
export function signatureOf(packet: Buffer): Buffer {
  return packet.subarray(signatureOffset, signatureOffset + signatureBytes);
}

/** Marks a message as signed. */
export function setSignedFlag(packet: Buffer): void {
  packet.writeUInt32LE((packet.readUInt32LE(flagsOffset) | headerFlags.signed) >>> 0, flagsOffset);
}
