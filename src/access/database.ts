import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AccessError } from '../sessions/index.ts';
import { createPrivate, makeStateFolder, unusable } from './state-folder.ts';

/** What a database of the state folder is. */
export interface DatabaseForm {
  /** SQL that leads from each version to the next; the first makes version 1 of nothing. */
  readonly steps: readonly string[];
  /** FULL: what was committed outlives a loss of power. NORMAL: it outlives the process. */
  readonly synchronous: 'NORMAL' | 'FULL';
}

const busyTimeoutMs = 10_000;

/**
 * Opens a database that only its owner reads, makes it where it is not there, and brings an older one to this form. Waits
 * up to 10 s for other processes.
 *
 * @throws AccessError STATE_UNUSABLE, also where a newer smbwho has written it
 */
export function openDatabase(path: string, { steps, synchronous }: DatabaseForm): DatabaseSync {
  const folder = dirname(path);
  makeStateFolder(folder);
  // SQLite gives its -wal and -shm the mode of the database, but would make the database itself for all to read.
  createPrivate(path);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    checkVersion(database, steps, path);
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON`);
    bringForward(database, steps, path);
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

/** Does it if that is possible right now, and waits for nobody who writes meanwhile. */
export function tryAtOnce(database: DatabaseSync, work: () => void): void {
  database.exec('PRAGMA busy_timeout = 0');
  try {
    work();
  } catch {
    // Who calls can do without.
  } finally {
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  }
}

function asAccessError(error: unknown, database: DatabaseSync): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_SQLITE_ERROR') return error;
  const message = `${database.location()} can't be written: ${(error as Error).message}`;
  return new AccessError('STATE_UNUSABLE', message, { cause: error });
}
