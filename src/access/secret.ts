import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AccessError } from '../sessions/index.ts';
import { createFile, makeStateFolder, readPrivate, replacePrivate } from './state-folder.ts';

/** What only the processes of one state folder know. */
export interface Secret {
  /** A key of 32 bytes: another for each purpose, the same in each process. */
  deriveKey(purpose: 'session token' | 'audit head'): Buffer;
  /** A record was begun whose end is sealed with it. */
  readonly hasRecord: boolean;
  /** Says so from now on. */
  noteRecord(): void;
}

/** 256 random bits in base64url, and in a second line what was begun with them. */
const pattern = /^([\w-]{43})(\n(audit\n)?)?$/;

/**
 * The secret of a state folder: `<folder>/secret`, mode 0600.
 *
 * @throws AccessError STATE_UNUSABLE, also where there is none
 */
export function readSecret(stateFolder: string): Secret {
  const path = join(stateFolder, 'secret');
  const text = readPrivate(path);
  const [, secret, , record] = pattern.exec(text ?? '') ?? [];
  if (secret === undefined) {
    const what = text === undefined ? 'is missing' : 'holds no secret';
    throw new AccessError('STATE_UNUSABLE', `${path} ${what}; put back the one that was there`);
  }
  const bytes = Buffer.from(secret, 'base64url');
  return {
    deriveKey: (purpose) => Buffer.from(hkdfSync('sha256', bytes, '', `smbwho ${purpose}`, 32)),
    hasRecord: record !== undefined,
    noteRecord: () => replacePrivate(path, `${secret}\naudit\n`),
  };
}

/**
 * The same, made where the folder has none, and nothing that was written with one.
 *
 * @throws AccessError STATE_UNUSABLE
 */
export function ensureSecret(stateFolder: string): Secret {
  makeStateFolder(stateFolder);
  // Looked for first: who makes them has made the secret before.
  const isInUse = ['access.db', 'audit.db'].some((name) => existsSync(join(stateFolder, name)));
  if (!isInUse) createFile(join(stateFolder, 'secret'), `${randomBytes(32).toString('base64url')}\n`);
  return readSecret(stateFolder);
}
