import type { Instant } from './instant.ts';

/** Who did something, and from where. */
export interface Actor {
  readonly name: string;
  /** Null where it is none of smbwho's own accounts, as root on this machine. */
  readonly accountId: string | null;
  /** Id of the access token; null for none. */
  readonly tokenId: string | null;
  /** An IP address, or `this machine`. */
  readonly from: string;
}

export const auditOperations = [
  'rest_login',
  'rest_logout',
  /** A token that is none, or one without the privilege. */
  'rest_denied',
  'token_create',
  'token_revoke',
  'account_create',
  'account_change',
  'smb_plan_close',
  'smb_close_session',
  'smb_plan_close_handle',
  'smb_close_handle',
  /** Old entries were cut off. */
  'audit_cut',
] as const;

export type AuditOperation = (typeof auditOperations)[number];

/** What a close costs, as its plan says. */
export interface AuditCost {
  readonly sessions?: number;
  readonly opens: number;
  /** Null: not known. */
  readonly opensForWriting: number | null;
  /** Others on the same connections. */
  readonly neighbours: number;
}

/** One thing that is done, was done, or was refused. Texts that clients choose are in it as they are. */
export interface AuditEvent {
  readonly operation: AuditOperation;
  readonly actor: Actor;
  /** A location, a path of the API, the id of a token or an account; null: nothing in particular. */
  readonly target: string | null;
  /** Whose session, file, token or account it is. */
  readonly user: string | null;
  /** In the words of who did it. */
  readonly reason: string | null;
  readonly cost: AuditCost | null;
  /** `begun` for what is recorded before it is done; else what became of it. */
  readonly outcome: 'begun' | 'done' | 'denied' | 'failed' | (string & {});
  readonly message: string | null;
  /** Number of the entry that said that this had begun. */
  readonly begunAs: number | null;
}

/** Where an event stands in the record. */
export interface AuditReceipt {
  /** From 1, without gaps. */
  readonly seq: number;
  /** SHA-256 of it and all before, in hex. */
  readonly hash: string;
}

export interface AuditEntry extends AuditReceipt {
  readonly at: Instant;
  readonly event: AuditEvent;
}

/** The record of what was done, which can be added to only. */
export interface AuditLog {
  /**
   * All of them, one after the other, or none. Once it resolves they outlive this process.
   *
   * @throws AccessError AUDIT_UNWRITABLE: what was to be recorded must not be done
   */
  append(events: readonly AuditEvent[]): Promise<readonly AuditReceipt[]>;
}
