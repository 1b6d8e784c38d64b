import type { Instant } from './instant.ts';

/** Everything that a route can ask for: the contract's names. */
export const privileges = [
  'PRIVILEGE_SMB_SESSION_READ',
  'PRIVILEGE_SMB_SESSION_WRITE',
  'PRIVILEGE_SMB_FILE_HANDLE_READ',
  'PRIVILEGE_SMB_FILE_HANDLE_WRITE',
  'PRIVILEGE_SMB_SHARE_READ',
  'PRIVILEGE_IDENTITY_READ',
  'PRIVILEGE_ACCESS_TOKENS_READ',
  'PRIVILEGE_ACCESS_TOKENS_WRITE',
  'PRIVILEGE_METRICS_READ',
] as const;

export type Privilege = (typeof privileges)[number];

/**
 * What of the server a token is for. Null: no limit. A session is seen if it touches what is allowed, with nothing else of
 * it; it may be closed only if it touches nothing else.
 */
export interface Limits {
  /** Names of shares, in any case. */
  readonly shares: readonly string[] | null;
  /** Addresses or networks of SMB clients, as 192.0.2.0/24. */
  readonly networks: readonly string[] | null;
  readonly instances: readonly number[] | null;
}

/** Who asks, once a token has been verified. */
export interface Principal {
  /** Number of the account in the contract's `auth_id` form; 500 is the built-in administrator. Null: root on this machine. */
  readonly accountId: string | null;
  readonly name: string;
  readonly roles: readonly string[];
  readonly privileges: readonly Privilege[];
  /** Id of the access token; null for a login, and for root on this machine. */
  readonly tokenId: string | null;
  /** Null: none. */
  readonly limits: Limits | null;
}

export interface TokenVerifier {
  /** @returns null where the token is unknown, expired or revoked, or its account is disabled */
  verify(token: string): Promise<Principal | null>;
}

/** Accounts of smbwho's own, by name and password. */
export interface Logins {
  /**
   * @returns a bearer token that is valid for 10 h, or null where name and password are not an enabled account's.
   * Both take equally long.
   */
  logIn(name: string, password: string): Promise<{ readonly token: string; readonly principal: Principal } | null>;
  /** Ends a login; false where the token is none of a login. */
  logOut(token: string): Promise<boolean>;
}

/** An access token, without what makes it one. */
export interface AccessToken {
  readonly id: string;
  /** Null: none was given. */
  readonly name: string | null;
  readonly owner: AccountName;
  /** The account that made it; null: root on the machine. It never has rights that its creator has not. */
  readonly creator: AccountName | null;
  /** Id of the token that its creator made it with, whose owner's and role's rights it never exceeds; null for none. */
  readonly madeWith: string | null;
  /** The one role whose rights it has, as far as its owner has them too; null: all rights of its owner. */
  readonly role: string | null;
  readonly limits: Limits | null;
  readonly createdAt: Instant;
  /** Null: never. */
  readonly expiresAt: Instant | null;
  /** To the minute; null: not yet. */
  readonly lastUsedAt: Instant | null;
  /** False once it has been revoked. */
  readonly isEnabled: boolean;
}

export interface AccountName {
  readonly id: string;
  readonly name: string;
}

/** What a new token is to be. */
export interface TokenWish {
  /** Name or id of an account. */
  readonly owner: string;
  readonly name: string | null;
  readonly role: string | null;
  readonly limits: Limits | null;
  readonly expiresAt: Instant | null;
}

/** Who makes a token. */
export interface TokenCreator extends AccountName {
  readonly tokenId: string | null;
}

export interface TokenStore {
  /** By id; revoked and expired ones too. */
  list(): readonly AccessToken[];
  /**
   * What a token would be. Nothing is written.
   *
   * @throws AccessError ACCOUNT_UNKNOWN, ROLE_UNKNOWN
   */
  preview(wish: TokenWish): TokenPreview;
  /**
   * A token that is not yet one: `keep` makes it valid. So it can be recorded before it is.
   *
   * @param creator null: root on this machine
   * @throws AccessError ACCOUNT_UNKNOWN, ROLE_UNKNOWN
   */
  draft(wish: TokenWish, creator: TokenCreator | null): Promise<TokenDraft>;
  /** @returns false where there is no such token, or no longer */
  revoke(id: string): Promise<boolean>;
}

export interface TokenPreview {
  readonly owner: AccountName;
  /** What its bearer will be allowed, as far as its creator may that too. */
  readonly privileges: readonly Privilege[];
}

export interface TokenDraft extends TokenPreview {
  readonly id: string;
  /** Makes it valid, and returns it: the one time that it is to be seen. */
  keep(): Promise<string>;
}

/** An account of smbwho's own. */
export interface LocalAccount extends AccountName {
  readonly roles: readonly string[];
  readonly isEnabled: boolean;
  /** Without one it can only have tokens. */
  readonly hasPassword: boolean;
  readonly createdAt: Instant;
}

export interface AccountStore {
  /** By id. `admin`, 500, is there from the beginning, as Administrator, without a password. */
  list(): readonly LocalAccount[];
  /** @throws AccessError ACCOUNT_EXISTS, ACCOUNT_NAME_INVALID, ROLE_UNKNOWN, PASSWORD_TOO_SHORT */
  create(wish: {
    readonly name: string;
    readonly roles: readonly string[];
    readonly password: string | null;
  }): Promise<LocalAccount>;
  /**
   * Changes what is named. A new password and `isEnabled: false` end all logins of the account; its tokens rest while it is
   * disabled.
   *
   * @throws AccessError ACCOUNT_UNKNOWN, ROLE_UNKNOWN, PASSWORD_TOO_SHORT
   */
  change(
    name: string,
    changes: { readonly roles?: readonly string[]; readonly password?: string; readonly isEnabled?: boolean },
  ): Promise<LocalAccount>;
}

/** Privileges of each role. */
export type Roles = Readonly<Record<string, readonly Privilege[]>>;

/** Roles that are there without a configuration. Who has several has what any of them gives. */
export const builtInRoles = {
  Administrators: privileges,
  'Data-Administrators': [
    'PRIVILEGE_SMB_SESSION_READ',
    'PRIVILEGE_SMB_SESSION_WRITE',
    'PRIVILEGE_SMB_FILE_HANDLE_READ',
    'PRIVILEGE_SMB_FILE_HANDLE_WRITE',
    'PRIVILEGE_SMB_SHARE_READ',
    'PRIVILEGE_IDENTITY_READ',
  ],
  Observers: [
    'PRIVILEGE_SMB_SESSION_READ',
    'PRIVILEGE_SMB_FILE_HANDLE_READ',
    'PRIVILEGE_SMB_SHARE_READ',
    'PRIVILEGE_IDENTITY_READ',
    'PRIVILEGE_METRICS_READ',
  ],
} as const satisfies Roles;
