import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { AccessError } from '../sessions/index.ts';
import { inTransaction, maxWaitMs, openDatabase } from './database.ts';

const firstForm = `
  CREATE TABLE account (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    roles      TEXT    NOT NULL, -- JSON: an array of names
    password   TEXT,             -- see password.ts; null: it can't log in
    epoch      TEXT    NOT NULL DEFAULT (lower(hex(randomblob(16)))), -- logins of another one have ended
    is_enabled INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL  -- as all times here: microseconds since 1970
  ) STRICT;

  CREATE TABLE token (
    id           INTEGER PRIMARY KEY,
    hash         BLOB UNIQUE, -- SHA-256; null: a draft that was not kept, whose id stays used
    name         TEXT,
    owner        INTEGER NOT NULL REFERENCES account,
    creator      INTEGER REFERENCES account,
    made_with    INTEGER REFERENCES token, -- the creator's token
    role         TEXT,
    limits       TEXT, -- JSON
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    is_enabled   INTEGER NOT NULL DEFAULT 1
  ) STRICT;

  CREATE TABLE ended_login (
    id         TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  INSERT INTO account (id, name, roles, created_at)
  VALUES (500, 'admin', '["Administrators"]', CAST(unixepoch('subsec') * 1e6 AS INTEGER));
`;

/** For so long nothing else is done, and not more often. */
const [busyTimeoutMs, pauseMs] = [10, 100];
const sqliteBusy = 5;

/** The built-in administrator. */
export const adminId = '500';

/**
 * The accounts and tokens of a state folder, `<folder>/access.db`, for any number of processes.
 *
 * @throws AccessError STATE_UNUSABLE
 */
export function openAccessStore(stateFolder: string): DatabaseSync {
  return openDatabase(join(stateFolder, 'access.db'), { steps: [firstForm], busyTimeoutMs });
}

/**
 * Does all of it or nothing, once no other process writes, and keeps this one running until then.
 *
 * @throws AccessError STATE_UNUSABLE, also after 10 s
 */
export async function write<T>(database: DatabaseSync, work: () => T): Promise<T> {
  const deadline = performance.now() + maxWaitMs;
  for (;;) {
    try {
      return inTransaction(database, work);
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    await sleep(pauseMs);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof AccessError && (error.cause as { errcode?: number } | undefined)?.errcode === sqliteBusy;
}
