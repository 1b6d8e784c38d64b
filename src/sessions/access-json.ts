import type { AccessToken, AccountName, Limits, LocalAccount, TokenWish } from './access.ts';
import type { AuditCost, AuditEntry } from './audit.ts';
import { toIso } from './instant.ts';
import { isoOrNull } from './session-json.ts';

/** A token as plain JSON, without what makes it one. */
export interface AccessTokenJson {
  readonly id: string;
  readonly name: string | null;
  readonly owner: AccountName;
  readonly creator: AccountName | null;
  readonly role: string | null;
  readonly limits: Limits | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
  readonly is_enabled: boolean;
}

export interface LocalAccountJson extends AccountName {
  readonly roles: readonly string[];
  readonly is_enabled: boolean;
  readonly has_password: boolean;
  readonly created_at: string;
}

/** An entry of the record as plain JSON. */
export interface AuditEntryJson {
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
  readonly operation: string;
  readonly by: string;
  readonly account_id: string | null;
  readonly token_id: string | null;
  readonly from: string;
  readonly target: string | null;
  readonly user: string | null;
  readonly reason: string | null;
  readonly cost: {
    readonly sessions: number | null;
    readonly opens: number;
    readonly opens_for_writing: number | null;
    readonly neighbours: number;
  } | null;
  readonly outcome: string;
  readonly message: string | null;
  readonly begun_as: number | null;
}

export function toAccessTokenJson(token: AccessToken): AccessTokenJson {
  const { id, name, owner, creator, role, limits, createdAt, expiresAt, lastUsedAt, isEnabled } = token;
  return {
    id,
    name,
    owner,
    creator,
    role,
    limits,
    created_at: toIso(createdAt),
    expires_at: isoOrNull(expiresAt),
    last_used_at: isoOrNull(lastUsedAt),
    is_enabled: isEnabled,
  };
}

/** What the record says of a new token. */
export function describeWish({ name, role, limits, expiresAt }: TokenWish): string {
  return JSON.stringify({ name, role, limits, expires_at: isoOrNull(expiresAt) });
}

export function toLocalAccountJson(account: LocalAccount): LocalAccountJson {
  const { id, name, roles, isEnabled, hasPassword, createdAt } = account;
  return { id, name, roles, is_enabled: isEnabled, has_password: hasPassword, created_at: toIso(createdAt) };
}

export function toAuditEntryJson({ seq, hash, at, event }: AuditEntry): AuditEntryJson {
  const { operation, actor, target, user, reason, cost, outcome, message, begunAs } = event;
  return {
    seq,
    hash,
    at: toIso(at),
    operation,
    by: actor.name,
    account_id: actor.accountId,
    token_id: actor.tokenId,
    from: actor.from,
    target,
    user,
    reason,
    cost: cost && toCostJson(cost),
    outcome,
    message,
    begun_as: begunAs,
  };
}

function toCostJson({ sessions, opens, opensForWriting, neighbours }: AuditCost) {
  return { sessions: sessions ?? null, opens, opens_for_writing: opensForWriting, neighbours };
}
