import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import {
  type AccessToken,
  type AccountName,
  type Instant,
  type Limits,
  now,
  type Roles,
  type TokenDraft,
  type TokenStore,
  type TokenWish,
} from '../sessions/index.ts';
import type { Accounts } from './accounts.ts';
import { inTransaction, tryAtOnce } from './database.ts';
import { privilegesOfToken } from './rights.ts';

export const accessTokenPattern = /^access-v1:[\w-]{43}$/;

/** To the minute is enough to find tokens that nobody uses, and costs nothing. */
const usePeriodMicros = 60_000_000;

const columns = `
  SELECT token.*, owner.name AS owner_name, creator.name AS creator_name FROM token
  JOIN account AS owner ON owner.id = token.owner LEFT JOIN account AS creator ON creator.id = token.creator
  WHERE token.hash IS NOT NULL`;

export class Tokens implements TokenStore {
  readonly #database: DatabaseSync;
  readonly #accounts: Accounts;
  readonly #roles: Roles;
  readonly #onRevoke: (hash: Uint8Array) => void;
  readonly #byHash;
  readonly #use;

  /** @param onRevoke is told the hash of each token that is revoked */
  constructor(database: DatabaseSync, accounts: Accounts, roles: Roles, onRevoke: (hash: Uint8Array) => void) {
    this.#database = database;
    this.#accounts = accounts;
    this.#roles = roles;
    this.#onRevoke = onRevoke;
    this.#byHash = database.prepare(`${columns} AND token.hash = ?`);
    this.#use = database.prepare('UPDATE token SET last_used_at = ? WHERE id = ?');
  }

  list(): readonly AccessToken[] {
    return this.#database.prepare(`${columns} ORDER BY token.id`).all().map(toToken);
  }

  draft(wish: TokenWish, creator: AccountName | null): TokenDraft {
    const owner = this.#accounts.get(wish.owner);
    if (wish.role !== null) this.#accounts.checkRoles([wish.role]);
    const limits = isLimited(wish.limits) ? wish.limits : null;
    const id = inTransaction(this.#database, () => this.#reserve({ ...wish, owner: owner.id, limits }, creator));
    return {
      id,
      owner: { id: owner.id, name: owner.name },
      privileges: privilegesOfToken({ role: wish.role, limits }, owner.roles, this.#roles),
      keep: () => {
        const token = makeAccessToken();
        inTransaction(this.#database, () => this.validate(id, token));
        return token;
      },
    };
  }

  revoke(id: string): boolean {
    if (!/^[1-9]\d{0,14}$/.test(id)) return false;
    const revoked = inTransaction(this.#database, () =>
      this.#database
        .prepare('UPDATE token SET is_enabled = 0 WHERE id = ? AND is_enabled = 1 AND hash IS NOT NULL RETURNING hash')
        .get(Number(id)),
    );
    if (revoked === undefined) return false;
    this.#onRevoke(revoked.hash as Uint8Array);
    return true;
  }

  /** @returns what is known of it, valid or not; null where it never was one */
  find(token: string): AccessToken | null {
    const row = this.#byHash.get(hashToken(token));
    return row === undefined ? null : toToken(row);
  }

  /** Notes that it is used now, unless it was noted a moment ago or can't be: that must not keep its bearer out. */
  use({ id, lastUsedAt }: AccessToken, at: Instant): void {
    if (lastUsedAt !== null && Math.abs(at - lastUsedAt) < usePeriodMicros) return;
    tryAtOnce(this.#database, () => this.#use.run(at, Number(id)));
  }

  /** In a transaction: makes a draft valid with this token. */
  validate(id: string, token: string): void {
    this.#database.prepare('UPDATE token SET hash = ? WHERE id = ? AND hash IS NULL').run(hashToken(token), Number(id));
  }

  #reserve(wish: TokenWish, creator: AccountName | null): string {
    const { name, owner, role, limits, expiresAt } = wish;
    const { lastInsertRowid } = this.#database
      .prepare(
        'INSERT INTO token (name, owner, creator, role, limits, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        name,
        Number(owner),
        creator === null ? null : Number(creator.id),
        role,
        limits === null ? null : JSON.stringify(limits),
        now(),
        expiresAt,
      );
    return String(lastInsertRowid);
  }
}

export function makeAccessToken(): string {
  return `access-v1:${randomBytes(32).toString('base64url')}`;
}

/** Of 256 random bits a plain hash can't be turned back, and is fast enough for each request. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Whether it is neither revoked nor expired. */
export function isValid({ isEnabled, expiresAt }: AccessToken, at: Instant): boolean {
  return isEnabled && (expiresAt === null || at < expiresAt);
}

function isLimited(limits: Limits | null): limits is Limits {
  return limits !== null && Object.values(limits).some((limit) => limit !== null);
}

function toToken(row: Record<string, unknown>): AccessToken {
  const creator = row.creator === null ? null : { id: String(row.creator), name: row.creator_name as string };
  return {
    id: String(row.id),
    name: row.name as string | null,
    owner: { id: String(row.owner), name: row.owner_name as string },
    creator,
    role: row.role as string | null,
    limits: row.limits === null ? null : JSON.parse(row.limits as string),
    createdAt: row.created_at as Instant,
    expiresAt: row.expires_at as Instant | null,
    lastUsedAt: row.last_used_at as Instant | null,
    isEnabled: row.is_enabled === 1,
  };
}
