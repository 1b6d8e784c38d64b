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
 * Makes a file, whole from the moment that it is there: of several processes that make it at once, one succeeds. Root
 * makes it for the owner of the folder.
 *
 * @param mode by default, only its owner reads it
 * @returns false where it is there already, which is left as it is
 * @throws AccessError STATE_UNUSABLE
 */
export function createFile(path: string, content = '', mode = 0o600): boolean {
  try {
    keepFile(path, content, mode, linkSync);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unusable(dirname(path), error);
  }
}

/**
 * Puts a file that only its owner reads in the place of the one that is there.
 *
 * @throws AccessError STATE_UNUSABLE
 */
export function replacePrivate(path: string, content: string): void {
  try {
    keepFile(path, content, 0o600, renameSync);
  } catch (error) {
    throw unusable(dirname(path), error);
  }
}

function keepFile(path: string, content: string, mode: number, moveTo: (draft: string, path: string) => void): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = openSync(draft, 'wx', mode);
    try {
      fchmodSync(file, mode);
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
    checkPrivate(path, fstatSync(file));
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unusable(dirname(path), error);
  } finally {
    closeSync(file);
  }
}

/** @throws Error where others may read the file */
export function checkPrivate(path: string, { mode } = statSync(path)): void {
  if ((mode & 0o077) !== 0) throw new Error(`others may read ${path}; chmod 600 it`);
}

export function unusable(stateFolder: string, error: unknown): AccessError {
  return new AccessError(
    'STATE_UNUSABLE',
    `the state folder ${stateFolder} can't be used: ${(error as Error).message}; name another with --state-dir`,
    { cause: error },
  );
}
