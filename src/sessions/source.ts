import type { Identity } from './identity.ts';
import type { IdentityQuery } from './identity-query.ts';
import type { Instant } from './instant.ts';
import type { Session } from './session.ts';

/** Something that keeps an answer from being whole, or that its reader should know. */
export interface Problem {
  /** Stable; docs/errors.md has them all. */
  readonly code: string;
  /** What was found, where, and what to do. */
  readonly message: string;
}

/** How one server, or one node of a cluster, took part in an answer. */
export interface Part {
  readonly instance: number;
  /** Node of a cluster; null for a server of its own. */
  readonly node: number | null;
  /** When its sessions were read; null where nothing could be read, and none of its sessions are in the answer. */
  readonly takenAt: Instant | null;
  readonly verdict: 'complete' | 'partial';
  readonly problems: readonly Problem[];
  /** What was recorded, and when, where these are no sessions of a running server; else null. */
  readonly recording: string | null;
}

/** All sessions of a moment, ordered by location. */
export interface Full {
  readonly kind: 'full';
  readonly parts: readonly Part[];
  readonly sessions: readonly Session[];
}

/** Where sessions come from. */
export interface SessionSource {
  /** Never rejects for what Samba does or is: that is in the parts. */
  refresh(): Promise<Full>;
}

/** An account of one server, or of a directory as that server sees it: its ids are those that the server gives it. */
export interface Account {
  readonly instance: number;
  readonly identity: Identity;
}

/** What is known of an account beyond the live sessions. */
export interface Lookup {
  /** `unavailable`: who could know it does not answer now. */
  readonly verdict: 'known' | 'unknown' | 'unavailable';
  /** Who is meant: a user before a group of the same name. */
  readonly accounts: readonly Account[];
  /** Set where the accounts are all the connected users who are meant, and say nothing of others. */
  readonly isOfSessions?: true;
}

/** Accounts, connected or not, users and groups: of the servers themselves, and of the directories that they belong to. */
export interface UserDirectory {
  /** Within 2 s, whether or not anybody answers. */
  lookUp(query: IdentityQuery): Promise<Lookup>;
}
