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

/** Who asks, once a token has been verified. */
export interface Principal {
  readonly name: string;
  readonly privileges: readonly string[];
}

export interface TokenVerifier {
  verify(token: string): Promise<Principal | null>;
}

/** What is known of an account name that no live session has. */
export type NameLookup = 'known' | 'unknown' | 'unavailable';

/** Names of accounts beyond the live sessions. */
export interface UserDirectory {
  /** An account of the server itself. */
  lookUpLocal(name: string): Promise<NameLookup>;
  /** An account of a directory that the server is a member of; `DOMAIN\user` or bare. */
  lookUpDirectory(name: string): Promise<NameLookup>;
}
