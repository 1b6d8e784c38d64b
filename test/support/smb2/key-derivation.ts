import { createHmac } from 'node:crypto';
import type { Dialect } from './dialects.ts';

/** What a derived key is for. */
export type KeyPurpose = 'signing' | 'encryption' | 'decryption';

type LabelAndContext = { readonly label: string; readonly context: string };

// [MS-SMB2] 3.2.5.3: labels and contexts up to 3.0.2; in 3.1.1 the context is the preauthentication hash.
const labels30: Readonly<Record<KeyPurpose, LabelAndContext>> = {
  signing: { label: 'SMB2AESCMAC\0', context: 'SmbSign\0' },
  encryption: { label: 'SMB2AESCCM\0', context: 'ServerIn \0' },
  decryption: { label: 'SMB2AESCCM\0', context: 'ServerOut\0' },
};
const labels311: Readonly<Record<KeyPurpose, string>> = {
  signing: 'SMBSigningKey\0',
  encryption: 'SMBC2SCipherKey\0',
  decryption: 'SMBS2CCipherKey\0',
};

/** What the keys of a session, or of one of its channels, are made from. */
export type KeyMaterial = {
  readonly dialect: Dialect;
  readonly sessionKey: Buffer;
  readonly preauthHash: Buffer;
};

/** The key for one purpose, [MS-SMB2] 3.2.5.3. Dialect 2.1 signs with the session key itself. */
export function deriveKey(material: KeyMaterial, purpose: KeyPurpose, lengthBytes = 16): Buffer {
  const { dialect, sessionKey, preauthHash } = material;
  if (dialect === '2.1') return sessionKey;
  if (dialect === '3.1.1') return kdf(sessionKey, Buffer.from(labels311[purpose]), preauthHash, lengthBytes);
  const { label, context } = labels30[purpose];
  return kdf(sessionKey, Buffer.from(label), Buffer.from(context), lengthBytes);
}

/** SP800-108 in counter mode with HMAC-SHA256; one iteration gives up to 32 bytes. */
function kdf(key: Buffer, label: Buffer, context: Buffer, lengthBytes: number): Buffer {
  const counter = Buffer.from([0, 0, 0, 1]);
  const lengthBits = Buffer.alloc(4);
  lengthBits.writeUInt32BE(lengthBytes * 8);
  const hmac = createHmac('sha256', key);
  for (const part of [counter, label, Buffer.of(0), context, lengthBits]) hmac.update(part);
  return hmac.digest().subarray(0, lengthBytes);
}
