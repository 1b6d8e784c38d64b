import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { AccessError, now, type TokenDraft } from '../sessions/index.ts';
import { adminId } from './access-store.ts';
import { inTransaction } from './database.ts';
import { readPrivate, replacePrivate } from './state-folder.ts';
import { accessTokenPattern, hashToken, isValid, makeAccessToken, type Tokens } from './tokens.ts';

const wish = { owner: adminId, name: null, role: null, limits: null, expiresAt: null };

/** The token of the administrator that stands in the state folder, for whoever can read it there. */
export interface FirstToken {
  /**
   * @returns null where there is none, or one that is valid no longer
   * @throws AccessError STATE_UNUSABLE, TOKEN_MALFORMED
   */
  read(): string | null;
  /** A new one that `keep` puts there; where another process has been faster, `keep` returns that one's. */
  draft(): TokenDraft;
}

/** Of `<folder>/token`. */
export class TokenFile implements FirstToken {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #tokens: Tokens;

  constructor(stateFolder: string, database: DatabaseSync, tokens: Tokens) {
    this.#path = tokenPath(stateFolder);
    this.#database = database;
    this.#tokens = tokens;
  }

  read(): string | null {
    const token = readTokenFile(this.#path);
    if (token === null) return null;
    if (!accessTokenPattern.test(token)) {
      throw new AccessError('TOKEN_MALFORMED', `${this.#path} holds no token; remove it and a new one is made`);
    }
    const known = this.#tokens.find(token);
    return known !== null && isValid(known, now()) ? token : null;
  }

  draft(): TokenDraft {
    const draft = this.#tokens.draft(wish, null);
    const keep = () =>
      inTransaction(this.#database, () => {
        const found = this.read();
        if (found !== null) return found;
        const token = makeAccessToken();
        this.#tokens.validate(draft.id, token);
        replacePrivate(this.#path, `${token}\n`);
        return token;
      });
    return { ...draft, keep };
  }

  /** Takes in the token of a smbwho that had no database. One that is known, and be it as revoked, stays what it is. */
  adopt(): void {
    const token = readTokenFile(this.#path);
    if (token === null || !accessTokenPattern.test(token) || this.#tokens.find(token) !== null) return;
    const draft = this.#tokens.draft(wish, null);
    inTransaction(this.#database, () => {
      if (this.#tokens.find(token) === null) this.#tokens.validate(draft.id, token);
    });
  }
}

/** Removes the file where it holds the token of this hash. */
export function forgetToken(stateFolder: string, hash: Uint8Array): void {
  const path = tokenPath(stateFolder);
  const token = readTokenFile(path);
  if (token !== null && hashToken(token).equals(hash)) rmSync(path, { force: true });
}

function tokenPath(stateFolder: string): string {
  return join(stateFolder, 'token');
}

function readTokenFile(path: string): string | null {
  return readPrivate(path)?.trim() ?? null;
}
