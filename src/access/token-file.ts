import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Principal, privileges, type TokenVerifier } from '../sessions/index.ts';

const prefix = 'access-v1:';
const pattern = /^access-v1:[\w-]{43}$/;

/** The state folder is not what it should be. */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly code: 'STATE_UNUSABLE' | 'TOKEN_MALFORMED';

  constructor(code: StateError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The one token of a state folder: 256 random bits in `<folder>/token`, mode 0600, made on first use.
 *
 * @throws StateError STATE_UNUSABLE, TOKEN_MALFORMED
 */
export function ensureToken(stateFolder: string): string {
  const path = join(stateFolder, 'token');
  const fresh = prefix + randomBytes(32).toString('base64url');
  makeFolder(stateFolder);
  try {
    writeFileSync(path, `${fresh}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(path, 0o600);
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(stateFolder, error);
  }
  let token: string;
  try {
    if ((statSync(path).mode & 0o077) !== 0) throw new Error(`others may read ${path}; chmod 600 it`);
    token = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw unusable(stateFolder, error);
  }
  if (!pattern.test(token)) {
    throw new StateError('TOKEN_MALFORMED', `${path} holds no token; remove it and a new one is made`);
  }
  return token;
}

/** Makes the folder, but not its parents: a mistyped path should be an error. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(path, error);
  }
}

/** Knows one token, whose bearer may do everything. */
export function verifyOneToken(token: string): TokenVerifier {
  const expected = digest(token);
  const principal: Principal = {
    accountId: '500',
    name: 'admin',
    roles: ['Administrators'],
    privileges,
    tokenId: null,
    limits: null,
  };
  return { verify: async (given) => (timingSafeEqual(digest(given), expected) ? principal : null) };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function unusable(stateFolder: string, error: unknown): StateError {
  const message = `the state folder ${stateFolder} can't be used: ${(error as Error).message}; name another with --state-dir`;
  return new StateError('STATE_UNUSABLE', message);
}
