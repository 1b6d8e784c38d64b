import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { AccessError, now, type TokenDraft } from '../sessions/index.ts';
import { adminId, write } from './access-store.ts';
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
  /**
   * A new one that `keep` puts there; where another process has been faster, `keep` returns that one's. Where there has
   * never been a token, it is the one that stands there already: a smbwho that had no database made it.
   */
  draft(): Promise<TokenDraft>;
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

  async draft(): Promise<TokenDraft> {
    const draft = await this.#tokens.draft(wish, null);
    const keep = () =>
      write(this.#database, () => {
        const found = this.read();
        if (found !== null) return found;
        // Once there is any, whoever puts a file there makes no token of it.
        const old = this.#tokens.list().length === 0 ? readTokenFile(this.#path) : null;
        const token = old ?? makeAccessToken();
        this.#tokens.validate(draft.id, token);
        if (old === null) replacePrivate(this.#path, `${token}\n`);
        return token;
      });
    return { ...draft, keep };
  }
}

/** Removes the file where it holds the token of this hash. What is no longer valid may also stay there. */
export function forgetToken(stateFolder: string, hash: Uint8Array): void {
  const path = tokenPath(stateFolder);
  try {
    if (hashToken(readFileSync(path, 'utf8').trim()).equals(hash)) rmSync(path);
  } catch {
    // There is none, or it can't be read or removed.
  }
}

function tokenPath(stateFolder: string): string {
  return join(stateFolder, 'token');
}

function readTokenFile(path: string): string | null {
  return readPrivate(path)?.trim() ?? null;
}
