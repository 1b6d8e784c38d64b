import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { AccessError } from '../sessions/index.ts';

/**
 * Makes the folder where it is not there, mode 0700, but not its parents: a mistyped path should be an error.
 *
 * @throws AccessError STATE_UNUSABLE, also where others may put files into it
 */
export function makeStateFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(path, error);
  }
  try {
    if ((statSync(path).mode & 0o022) !== 0) throw new Error('others may write into it; chmod 700 it');
  } catch (error) {
    throw unusable(path, error);
  }
}

/**
 * Makes a file that only its owner reads, whole from the moment that it is there: of several processes that make it at
 * once, one succeeds. Root makes it for the owner of the folder.
 *
 * @returns false where it is there already, which is left as it is
 * @throws AccessError STATE_UNUSABLE
 */
export function createPrivate(path: string, content = ''): boolean {
  try {
    keepPrivate(path, content, linkSync);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unusable(dirname(path), error);
  }
}

/**
 * Puts such a file in the place of the one that is there.
 *
 * @throws AccessError STATE_UNUSABLE
 */
export function replacePrivate(path: string, content: string): void {
  try {
    keepPrivate(path, content, renameSync);
  } catch (error) {
    throw unusable(dirname(path), error);
  }
}

function keepPrivate(path: string, content: string, moveTo: (draft: string, path: string) => void): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = openSync(draft, 'wx', 0o600);
    try {
      fchmodSync(file, 0o600);
      const { uid, gid } = statSync(dirname(path));
      if (process.geteuid!() === 0 && uid !== 0) fchownSync(file, uid, gid);
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    moveTo(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * @returns the text of a file that only its owner reads; undefined where there is none
 * @throws AccessError STATE_UNUSABLE, also where others may read it
 */
export function readPrivate(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(dirname(path), error);
  }
  try {
    if ((fstatSync(file).mode & 0o077) !== 0) throw new Error(`others may read ${path}; chmod 600 it`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unusable(dirname(path), error);
  } finally {
    closeSync(file);
  }
}

export function unusable(stateFolder: string, error: unknown): AccessError {
  return new AccessError(
    'STATE_UNUSABLE',
    `the state folder ${stateFolder} can't be used: ${(error as Error).message}; name another with --state-dir`,
    { cause: error },
  );
}
