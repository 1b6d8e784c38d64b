import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from './database.ts';

const firstForm = `
  CREATE TABLE account (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    roles      TEXT    NOT NULL, -- JSON: an array of names
    password   TEXT,             -- see password.ts; null: it can't log in
    generation INTEGER NOT NULL DEFAULT 0, -- logins of an earlier one have ended
    is_enabled INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL  -- as all times here: microseconds since 1970
  ) STRICT;

  CREATE TABLE token (
    id           INTEGER PRIMARY KEY,
    hash         BLOB UNIQUE, -- SHA-256; null: a draft that was not kept, whose id stays used
    name         TEXT,
    owner        INTEGER NOT NULL REFERENCES account,
    creator      INTEGER REFERENCES account,
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

/** The built-in administrator. */
export const adminId = '500';

/**
 * The accounts and tokens of a state folder, `<folder>/access.db`, for any number of processes.
 *
 * @throws AccessError STATE_UNUSABLE
 */
export function openAccessStore(stateFolder: string): DatabaseSync {
  return openDatabase(join(stateFolder, 'access.db'), { steps: [firstForm], synchronous: 'NORMAL' });
}
