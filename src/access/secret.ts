import { hkdfSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { AccessError } from '../sessions/index.ts';
import { createPrivate, makeStateFolder, readPrivate } from './state-folder.ts';

/** What only the processes of one state folder know. */
export interface Secret {
  /** A key of 32 bytes: another for each purpose, the same in each process. */
  deriveKey(purpose: 'session token' | 'audit head'): Buffer;
}

/**
 * The secret of a state folder: 256 random bits in `<folder>/secret`, mode 0600, made on first use.
 *
 * @throws AccessError STATE_UNUSABLE
 */
export function readSecret(stateFolder: string): Secret {
  makeStateFolder(stateFolder);
  const path = join(stateFolder, 'secret');
  let text = readPrivate(path);
  if (text === undefined) {
    createPrivate(path, `${randomBytes(32).toString('base64url')}\n`);
    text = readPrivate(path);
  }
  if (!/^[\w-]{43}\n?$/.test(text ?? '')) {
    throw new AccessError('STATE_UNUSABLE', `${path} holds no secret; put back the one that was there`);
  }
  const secret = Buffer.from(text!, 'base64url');
  return { deriveKey: (purpose) => Buffer.from(hkdfSync('sha256', secret, '', `smbwho ${purpose}`, 32)) };
}
