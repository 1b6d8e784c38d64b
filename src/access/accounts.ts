import type { DatabaseSync } from 'node:sqlite';
import { AccessError, type AccountStore, type LocalAccount, now, type Roles } from '../sessions/index.ts';
import { write } from './access-store.ts';
import { hashPassword } from './password.ts';

/** An account with what is not for others. */
export interface AccountSecrets {
  readonly password: string | null;
  /** Random; logins of another one have ended. */
  readonly epoch: string;
}

/** Beyond what a Samba has given to accounts of its own: the two share the contract's numbers. */
const idBefore = 3_000_000_000;
const namePattern = /^(?!\d+$)[A-Za-z0-9._-]{1,64}$/;

export class Accounts implements AccountStore {
  readonly #database: DatabaseSync;
  readonly #roles: Roles;
  readonly #find;

  constructor(database: DatabaseSync, roles: Roles) {
    this.#database = database;
    this.#roles = roles;
    this.#find = database.prepare('SELECT * FROM account WHERE id = ? OR name = ?');
  }

  list(): readonly LocalAccount[] {
    return this.#database.prepare('SELECT * FROM account ORDER BY id').all().map(toAccount);
  }

  /** By name or id: no name is a number. */
  find(nameOrId: string): LocalAccount | null {
    const row = this.#rowOf(nameOrId);
    return row === undefined ? null : toAccount(row);
  }

  /** @throws AccessError ACCOUNT_UNKNOWN */
  get(nameOrId: string): LocalAccount {
    const account = this.find(nameOrId);
    if (account === null) throw new AccessError('ACCOUNT_UNKNOWN', `there is no account ${JSON.stringify(nameOrId)}`);
    return account;
  }

  secretsOf(id: string): AccountSecrets {
    const { password, epoch } = this.#rowOf(id)!;
    return { password: password as string | null, epoch: epoch as string };
  }

  async create({ name, roles, password }: Parameters<AccountStore['create']>[0]): Promise<LocalAccount> {
    if (!namePattern.test(name)) {
      const form = 'a name is 1 to 64 letters, digits, dots, underscores and hyphens, one of them no digit';
      throw new AccessError('ACCOUNT_NAME_INVALID', `${JSON.stringify(name)} is no name for an account: ${form}`);
    }
    this.checkRoles(roles);
    const hash = password === null ? null : await hashPassword(password);
    return write(this.#database, () => {
      const same = this.find(name);
      if (same !== null) throw new AccessError('ACCOUNT_EXISTS', `there is an account ${same.name} already`);
      this.#database
        .prepare(
          'INSERT INTO account (id, name, roles, password, created_at) SELECT 1 + max(id, ?), ?, ?, ?, ? FROM (SELECT max(id) AS id FROM account)',
        )
        .run(idBefore, name, JSON.stringify(roles), hash, now());
      return this.get(name);
    });
  }

  async change(
    name: string,
    { roles, password, isEnabled }: Parameters<AccountStore['change']>[1],
  ): Promise<LocalAccount> {
    const { id } = this.get(name);
    if (roles !== undefined) this.checkRoles(roles);
    const hash = password === undefined ? null : await hashPassword(password);
    const endsLogins = password !== undefined || isEnabled === false;
    return write(this.#database, () => {
      this.#database
        .prepare(
          'UPDATE account SET roles = coalesce(?, roles), password = coalesce(?, password), is_enabled = coalesce(?, is_enabled), epoch = iif(?, lower(hex(randomblob(16))), epoch) WHERE id = ?',
        )
        .run(
          roles === undefined ? null : JSON.stringify(roles),
          hash,
          isEnabled === undefined ? null : Number(isEnabled),
          Number(endsLogins),
          id,
        );
      return this.get(id);
    });
  }

  /** @throws AccessError ROLE_UNKNOWN */
  checkRoles(names: readonly string[]): void {
    const unknown = names.find((name) => !Object.hasOwn(this.#roles, name));
    if (unknown === undefined) return;
    const known = Object.keys(this.#roles).join(', ');
    throw new AccessError('ROLE_UNKNOWN', `there is no role ${JSON.stringify(unknown)}; there are ${known}`);
  }

  #rowOf(nameOrId: string) {
    return this.#find.get(/^[1-9]\d{0,14}$/.test(nameOrId) ? Number(nameOrId) : null, nameOrId);
  }
}

function toAccount(row: Record<string, unknown>): LocalAccount {
  return {
    id: String(row.id),
    name: row.name as string,
    roles: JSON.parse(row.roles as string),
    isEnabled: row.is_enabled === 1,
    hasPassword: row.password !== null,
    createdAt: row.created_at as number,
  };
}
