import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { type Instant, type LocalAccount, type Logins, now, type Principal, type Roles } from '../sessions/index.ts';
import { write } from './access-store.ts';
import type { Accounts } from './accounts.ts';
import { isPassword } from './password.ts';
import { privilegesOfRoles } from './rights.ts';
import { type Login, openLogin, sealLogin } from './session-token.ts';

const lifetimeMicros = 10 * 3600 * 1_000_000;
/** So long after it would have run out a login that was ended is known: clocks that were wrong are set back. */
const endedMicros = 30 * 24 * 3600 * 1_000_000;

/** Logins by name and password. Their tokens are kept nowhere: they say themselves, sealed, whose they are. */
export class PasswordLogins implements Logins {
  readonly #database: DatabaseSync;
  readonly #accounts: Accounts;
  readonly #roles: Roles;
  readonly #key: Buffer;
  readonly #isEnded;

  constructor(database: DatabaseSync, accounts: Accounts, roles: Roles, key: Buffer) {
    this.#database = database;
    this.#accounts = accounts;
    this.#roles = roles;
    this.#key = key;
    this.#isEnded = database.prepare('SELECT 1 FROM ended_login WHERE id = ?');
  }

  async logIn(name: string, password: string): Promise<{ token: string; principal: Principal } | null> {
    const found = this.#accounts.find(name);
    // By its name alone: an id is no name to log in with.
    const account = found?.name.toLowerCase() === name.toLowerCase() ? found : null;
    const secrets = account === null ? null : this.#accounts.secretsOf(account.id);
    if (!(await isPassword(password, secrets?.password ?? null))) return null;
    const login: Login = {
      accountId: account!.id,
      id: randomBytes(16).toString('base64url'),
      expiresAt: now() + lifetimeMicros,
      epoch: secrets!.epoch,
    };
    // Meanwhile the account may have been disabled, or its password changed.
    const owner = this.#ownerOf(login, now());
    return owner === null ? null : { token: sealLogin(login, this.#key), principal: this.#principalOf(owner) };
  }

  async logOut(token: string): Promise<boolean> {
    const login = openLogin(token, this.#key);
    if (login === null || this.#ownerOf(login, now()) === null) return false;
    return write(this.#database, () => {
      this.#database.prepare('DELETE FROM ended_login WHERE expires_at < ?').run(now() - endedMicros);
      const { changes } = this.#database
        .prepare('INSERT INTO ended_login (id, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING')
        .run(login.id, login.expiresAt);
      return changes === 1;
    });
  }

  /** @returns who logged in, with the rights of this moment; null where the token is none, or the login has ended */
  verify(token: string): Principal | null {
    const login = openLogin(token, this.#key);
    const owner = login === null ? null : this.#ownerOf(login, now());
    return owner === null ? null : this.#principalOf(owner);
  }

  #ownerOf({ accountId, id, expiresAt, epoch }: Login, at: Instant): LocalAccount | null {
    if (at >= expiresAt || this.#isEnded.get(id) !== undefined) return null;
    const account = this.#accounts.find(accountId);
    const isCurrent = account?.isEnabled && this.#accounts.secretsOf(accountId).epoch === epoch;
    return isCurrent ? account : null;
  }

  #principalOf({ id, name, roles }: LocalAccount): Principal {
    const privileges = privilegesOfRoles(roles, this.#roles);
    return { accountId: id, name, roles, privileges, tokenId: null, limits: null };
  }
}
