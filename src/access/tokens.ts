import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import {
  type AccessToken,
  type Instant,
  type Limits,
  lastInstant,
  now,
  type Privilege,
  privileges,
  type Roles,
  type TokenCreator,
  type TokenDraft,
  type TokenPreview,
  type TokenStore,
  type TokenWish,
} from '../sessions/index.ts';
import { write } from './access-store.ts';
import type { Accounts } from './accounts.ts';
import { tryAtOnce } from './database.ts';
import { privilegesOfRoles, privilegesOfToken } from './rights.ts';

export const accessTokenPattern = /^access-v1:[\w-]{43}$/;

/** To the minute is enough to find tokens that nobody uses, and costs nothing. */
const usePeriodMicros = 60_000_000;

const columns = `
  SELECT token.id, token.name, token.owner, token.creator, token.made_with, token.role, token.limits, token.created_at,
    min(token.expires_at, ${lastInstant}) AS expires_at, -- a later one could not be read
    token.last_used_at, token.is_enabled, owner.name AS owner_name, creator.name AS creator_name
  FROM token
  JOIN account AS owner ON owner.id = token.owner LEFT JOIN account AS creator ON creator.id = token.creator
  WHERE token.hash IS NOT NULL`;

export class Tokens implements TokenStore {
  readonly #database: DatabaseSync;
  readonly #accounts: Accounts;
  readonly #roles: Roles;
  readonly #onRevoke: (hash: Uint8Array) => void;
  readonly #byHash;
  readonly #byId;
  readonly #use;

  /** @param onRevoke is told the hash of each token that is revoked */
  constructor(database: DatabaseSync, accounts: Accounts, roles: Roles, onRevoke: (hash: Uint8Array) => void) {
    this.#database = database;
    this.#accounts = accounts;
    this.#roles = roles;
    this.#onRevoke = onRevoke;
    this.#byHash = database.prepare(`${columns} AND token.hash = ?`);
    this.#byId = database.prepare(`${columns} AND token.id = ?`);
    this.#use = database.prepare('UPDATE token SET last_used_at = ? WHERE id = ?');
  }

  list(): readonly AccessToken[] {
    return this.#database.prepare(`${columns} ORDER BY token.id`).all().map(toToken);
  }

  preview(wish: TokenWish): TokenPreview {
    const { id, name, roles } = this.#accounts.get(wish.owner);
    if (wish.role !== null) this.#accounts.checkRoles([wish.role]);
    const privileges = privilegesOfToken({ role: wish.role, limits: limitsOf(wish) }, roles, this.#roles);
    return { owner: { id, name }, privileges };
  }

  async draft(wish: TokenWish, creator: TokenCreator | null): Promise<TokenDraft> {
    const preview = this.preview(wish);
    const [owner, limits] = [preview.owner.id, limitsOf(wish)];
    const id = await write(this.#database, () => this.#reserve({ ...wish, owner, limits }, creator));
    return {
      id,
      ...preview,
      keep: async () => {
        const token = makeAccessToken();
        await write(this.#database, () => this.validate(id, token));
        return token;
      },
    };
  }

  async revoke(id: string): Promise<boolean> {
    if (!/^[1-9]\d{0,14}$/.test(id)) return false;
    const revoked = await write(this.#database, () =>
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

  /**
   * What it allows now: what its owner and its creator both may. A token that was made with another one is bound by that
   * one's rights, too, revoked or not.
   *
   * @returns null where one of them is disabled
   */
  privilegesOf(token: AccessToken): readonly Privilege[] | null {
    const owner = this.#accounts.get(token.owner.id);
    const ofCreator = this.#privilegesOfCreator(token);
    if (!owner.isEnabled || ofCreator === null) return null;
    return privilegesOfToken(token, owner.roles, this.#roles).filter((privilege) => ofCreator.includes(privilege));
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

  #privilegesOfCreator({ creator, madeWith }: AccessToken): readonly Privilege[] | null {
    if (madeWith !== null) return this.privilegesOf(toToken(this.#byId.get(Number(madeWith))!));
    if (creator === null) return privileges;
    const { isEnabled, roles } = this.#accounts.get(creator.id);
    return isEnabled ? privilegesOfRoles(roles, this.#roles) : null;
  }

  #reserve(wish: TokenWish, creator: TokenCreator | null): string {
    const { name, owner, role, limits, expiresAt } = wish;
    const { lastInsertRowid } = this.#database
      .prepare(
        'INSERT INTO token (name, owner, creator, made_with, role, limits, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        name,
        Number(owner),
        toNumber(creator?.id),
        toNumber(creator?.tokenId),
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

function toNumber(id: string | null | undefined): number | null {
  return id == null ? null : Number(id);
}

function limitsOf({ limits }: TokenWish): Limits | null {
  return limits !== null && Object.values(limits).some((limit) => limit !== null) ? limits : null;
}

function toToken(row: Record<string, unknown>): AccessToken {
  const creator = row.creator === null ? null : { id: String(row.creator), name: row.creator_name as string };
  return {
    id: String(row.id),
    name: row.name as string | null,
    owner: { id: String(row.owner), name: row.owner_name as string },
    creator,
    madeWith: row.made_with === null ? null : String(row.made_with),
    role: row.role as string | null,
    limits: row.limits === null ? null : JSON.parse(row.limits as string),
    createdAt: row.created_at as Instant,
    expiresAt: row.expires_at as Instant | null,
    lastUsedAt: row.last_used_at as Instant | null,
    isEnabled: row.is_enabled === 1,
  };
}
