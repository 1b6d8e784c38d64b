import { createHash } from 'node:crypto';

/** The value before the first message. */
export const emptyPreauthHash: Buffer = Buffer.alloc(64);

/** Adds a message to a preauthentication integrity hash, [MS-SMB2] 3.1.4.4.1. */
export function extendPreauthHash(hash: Buffer, packet: Buffer): Buffer {
  return createHash('sha512').update(hash).update(packet).digest();
}
