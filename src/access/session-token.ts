import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Instant } from '../sessions/index.ts';

export const sessionPrefix = 'session-v1:';
const [nonceBytes, tagBytes] = [12, 16];
const cipher = 'aes-256-gcm';

/** What a login's token says. */
export interface Login {
  readonly accountId: string;
  /** Random: by it the login can be ended. */
  readonly id: string;
  readonly expiresAt: Instant;
  /** The account's, when it was made. */
  readonly epoch: string;
}

/** A bearer token that says this to whoever has the key, and nothing to others. */
export function sealLogin({ accountId, id, expiresAt, epoch }: Login, key: Buffer): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(sessionPrefix));
  const text = JSON.stringify([accountId, id, expiresAt, epoch]);
  const sealed = Buffer.concat([nonce, sealing.update(text, 'utf8'), sealing.final(), sealing.getAuthTag()]);
  return sessionPrefix + sealed.toString('base64url');
}

/** @returns null where the token is not one that `sealLogin` made with this key, to the letter */
export function openLogin(token: string, key: Buffer): Login | null {
  if (!token.startsWith(sessionPrefix)) return null;
  const text = token.slice(sessionPrefix.length);
  const sealed = Buffer.from(text, 'base64url');
  // The last letter has bits that are not part of the bytes.
  if (sealed.toString('base64url') !== text || sealed.length < nonceBytes + tagBytes) return null;
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(sessionPrefix))
    .setAuthTag(sealed.subarray(-tagBytes));
  try {
    const opened = Buffer.concat([opening.update(sealed.subarray(nonceBytes, -tagBytes)), opening.final()]);
    const [accountId, id, expiresAt, epoch] = JSON.parse(opened.toString('utf8'));
    return { accountId, id, expiresAt, epoch };
  } catch {
    return null;
  }
}
