import { createCipheriv, createHmac } from 'node:crypto';
import { aesCmac } from './aes-cmac.ts';
import { commands } from './commands.ts';
import { decodeHeader, headerFlags, setSignedFlag, signatureOf } from './header.ts';

/** How messages are signed. */
export type SigningAlgorithm = 'hmac-sha256' | 'aes-128-cmac' | 'aes-128-gmac';

/** SigningAlgorithms, [MS-SMB2] 2.2.3.1.7. */
export const signingCodes: Readonly<Record<SigningAlgorithm, number>> = {
  'hmac-sha256': 0,
  'aes-128-cmac': 1,
  'aes-128-gmac': 2,
};

/** An algorithm and its key. */
export type SigningKey = { readonly algorithm: SigningAlgorithm; readonly key: Buffer };

/** Signs a message in place, [MS-SMB2] 3.1.4.1. */
export function signPacket(packet: Buffer, signingKey: SigningKey): void {
  setSignedFlag(packet);
  computeSignature(packet, signingKey).copy(signatureOf(packet));
}

/** Whether the signature of a message is right, [MS-SMB2] 3.1.5.1. */
export function isSignatureRight(packet: Buffer, signingKey: SigningKey): boolean {
  return computeSignature(packet, signingKey).equals(signatureOf(packet));
}

function computeSignature(packet: Buffer, { algorithm, key }: SigningKey): Buffer {
  const unsigned = Buffer.from(packet);
  signatureOf(unsigned).fill(0);
  switch (algorithm) {
    case 'hmac-sha256':
      return createHmac('sha256', key).update(unsigned).digest().subarray(0, 16);
    case 'aes-128-cmac':
      return aesCmac(key, unsigned);
    case 'aes-128-gmac':
      return aesGmac(key, unsigned);
  }
}

/** GMAC: the tag that GCM gives to data that is only authenticated. */
function aesGmac(key: Buffer, packet: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-gcm', key, gmacNonce(packet)).setAAD(packet);
  cipher.final();
  return cipher.getAuthTag();
}

/** The message id, who sent it, and whether it is a CANCEL, which reuses the id of what it cancels. */
function gmacNonce(packet: Buffer): Buffer {
  const { messageId, flags, command } = decodeHeader(packet);
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64LE(messageId);
  nonce.writeUInt32LE((flags & headerFlags.response ? 1 : 0) | (command === commands.CANCEL ? 2 : 0), 8);
  return nonce;
}
