import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AccessError } from '../sessions/index.ts';
import { checkPrivate, createFile, makeStateFolder, unusable } from './state-folder.ts';

/** What a database of the state folder is. */
export interface DatabaseForm {
  /** SQL that leads from each version to the next; the first makes version 1 of nothing. */
  readonly steps: readonly string[];
  /** How long other processes are waited for once it is open, in ms. Default: 10 s, as while it is opened. */
  readonly busyTimeoutMs?: number;
  /** Throws where it must not be made anew, as one that was there before. */
  readonly mayBegin?: () => void;
}

/** So long are other processes waited for, in ms. */
export const maxWaitMs = 10_000;

/** What was deleted is not to be found in the file either; and what had to wait in its log leaves that small again. */
const settings = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
  PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 4194304;
`;

/**
 * Opens a database that only its owner reads, makes it where it is not there, and brings an older one to this form. Waits
 * up to 10 s for other processes. What is committed outlives a loss of power.
 *
 * @throws AccessError STATE_UNUSABLE, also where a newer smbwho has written it
 */
export function openDatabase(path: string, form: DatabaseForm): DatabaseSync {
  const { steps, busyTimeoutMs = maxWaitMs, mayBegin } = form;
  const folder = dirname(path);
  makeStateFolder(folder);
  // SQLite gives its -wal and -shm the mode of the database, but would make the database itself for all to read.
  createFile(path);
  let database: DatabaseSync | undefined;
  try {
    checkPrivate(path);
    database = new DatabaseSync(path, { timeout: maxWaitMs });
    checkVersion(database, steps, path);
    if (versionOf(database) === 0) mayBegin?.();
    database.exec(settings);
    bringForward(database, steps, path);
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof AccessError ? error : unusable(folder, error);
  }
}

function bringForward(database: DatabaseSync, steps: readonly string[], path: string): void {
  if (versionOf(database) === steps.length) return;
  inTransaction(database, () => {
    // Another process may have been faster.
    checkVersion(database, steps, path);
    for (const step of steps.slice(versionOf(database))) database.exec(step);
    database.exec(`PRAGMA user_version = ${steps.length}`);
  });
}

function checkVersion(database: DatabaseSync, { length: newest }: readonly string[], path: string): void {
  const found = versionOf(database);
  if (found <= newest) return;
  const message = `${path} is of a newer smbwho (its form is ${found}, the newest known here ${newest})`;
  throw new AccessError('STATE_UNUSABLE', `${message}; run that one`);
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()!.user_version);
}

/**
 * Does all of it or nothing, with no other process writing meanwhile.
 *
 * @throws AccessError STATE_UNUSABLE where the database can't be written, as on a full disk
 */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  try {
    database.exec('BEGIN IMMEDIATE');
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw asAccessError(error, database);
  }
}

/** Does it if that is possible right now. It may be lost with the power: no disk is waited for. */
export function tryAtOnce(database: DatabaseSync, work: () => void): void {
  database.exec('PRAGMA synchronous = NORMAL');
  try {
    work();
  } catch {
    // Who calls can do without.
  } finally {
    database.exec('PRAGMA synchronous = FULL');
  }
}

function asAccessError(error: unknown, database: DatabaseSync): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_SQLITE_ERROR') return error;
  const message = `${database.location()} can't be written: ${(error as Error).message}`;
  return new AccessError('STATE_UNUSABLE', message, { cause: error });
}
