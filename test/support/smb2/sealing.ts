import { type CipherGCMTypes, createCipheriv, createDecipheriv } from 'node:crypto';
import { ProtocolError } from './errors.ts';
import { WireWriter } from './wire-writer.ts';

/** How messages are encrypted. */
export type Cipher = 'aes-128-ccm' | 'aes-128-gcm' | 'aes-256-gcm';

/** Ciphers, [MS-SMB2] 2.2.3.1.2. */
export const cipherCodes: Readonly<Record<Cipher, number>> = {
  'aes-128-ccm': 1,
  'aes-128-gcm': 2,
  'aes-256-gcm': 4,
};

/** The size of the keys of a cipher. */
export function keyBytes(cipher: Cipher): number {
  return cipher === 'aes-256-gcm' ? 32 : 16;
}

// TRANSFORM_HEADER, [MS-SMB2] 2.2.41: the tag, then the fields that it also protects.
const protocolId = 0x424d_53fd;
const tagOffset = 4;
const tagBytes = 16;
const nonceOffset = 20;
const nonceFieldBytes = 16;
const sessionIdOffset = 44;
const transformHeaderBytes = 52;

/** Whether a frame holds an encrypted message. */
export function isSealed(frame: Buffer): boolean {
  return frame.length >= transformHeaderBytes && frame.readUInt32LE() === protocolId;
}

/** The session that an encrypted frame belongs to. */
export function sealedSessionId(frame: Buffer): bigint {
  return frame.readBigUInt64LE(sessionIdOffset);
}

/** Encrypts and decrypts the messages of one session; its channels share it, and so never use a nonce twice. */
export class Sealing {
  readonly #sessionId: bigint;
  readonly #cipher: Cipher;
  readonly #encryptionKey: Buffer;
  readonly #decryptionKey: Buffer;
  #nextNonce = 1n;

  constructor(sessionId: bigint, cipher: Cipher, encryptionKey: Buffer, decryptionKey: Buffer) {
    this.#sessionId = sessionId;
    this.#cipher = cipher;
    this.#encryptionKey = encryptionKey;
    this.#decryptionKey = decryptionKey;
  }

  seal(packet: Buffer): Buffer {
    const nonce = Buffer.alloc(nonceFieldBytes);
    nonce.writeBigUInt64LE(this.#nextNonce++);
    const encrypted = 1;
    const authenticated = new WireWriter()
      .raw(nonce)
      .u32(packet.length)
      .u16(0)
      .u16(encrypted)
      .u64(this.#sessionId)
      .finish();
    const { sealed, tag } = encrypt(this.#cipher, this.#encryptionKey, authenticated, packet);
    return new WireWriter().u32(protocolId).raw(tag).raw(authenticated).raw(sealed).finish();
  }

  /** @throws ProtocolError when the frame was not encrypted with our key */
  unseal(frame: Buffer): Buffer {
    const tag = frame.subarray(tagOffset, tagOffset + tagBytes);
    const authenticated = frame.subarray(nonceOffset, transformHeaderBytes);
    try {
      return decrypt(this.#cipher, this.#decryptionKey, authenticated, frame.subarray(transformHeaderBytes), tag);
    } catch (cause) {
      throw new ProtocolError('a message could not be decrypted', { cause });
    }
  }
}

function encrypt(cipher: Cipher, key: Buffer, authenticated: Buffer, packet: Buffer): { sealed: Buffer; tag: Buffer } {
  if (cipher === 'aes-128-ccm') {
    const ccm = createCipheriv(cipher, key, authenticated.subarray(0, 11), { authTagLength: tagBytes });
    ccm.setAAD(authenticated, { plaintextLength: packet.length });
    const sealed = ccm.update(packet);
    ccm.final();
    return { sealed, tag: ccm.getAuthTag() };
  }
  const gcm = createCipheriv(cipher satisfies CipherGCMTypes, key, authenticated.subarray(0, 12)).setAAD(authenticated);
  const sealed = gcm.update(packet);
  gcm.final();
  return { sealed, tag: gcm.getAuthTag() };
}

function decrypt(cipher: Cipher, key: Buffer, authenticated: Buffer, sealed: Buffer, tag: Buffer): Buffer {
  if (cipher === 'aes-128-ccm') {
    const ccm = createDecipheriv(cipher, key, authenticated.subarray(0, 11), { authTagLength: tagBytes });
    ccm.setAuthTag(tag).setAAD(authenticated, { plaintextLength: sealed.length });
    const packet = ccm.update(sealed);
    ccm.final();
    return packet;
  }
  const gcm = createDecipheriv(cipher, key, authenticated.subarray(0, 12)).setAuthTag(tag).setAAD(authenticated);
  const packet = gcm.update(sealed);
  gcm.final();
  return packet;
}
