import type { Identity } from './identity.ts';
import type { Instant } from './instant.ts';
import type { Location } from './location.ts';

/** How sure a derived figure is. `upper_bound`: at most so much. `lower_bound`: at least so much. */
export type Certainty = 'exact' | 'lower_bound' | 'upper_bound' | 'unknown';

/** `full`: nothing goes plain, as far as the records tell. `partial`: some does. */
export type EncryptionLevel = 'none' | 'partial' | 'full';

export interface Endpoint {
  /** Bare: no brackets, zone or IPv4-mapped form. */
  readonly address: string;
  /** 0 where it is not known. */
  readonly port: number;
}

export interface Channel {
  readonly client: Endpoint;
  /** Null where it is not known. */
  readonly server: Endpoint | null;
  readonly openedAt: Instant | null;
}

export interface TreeConnect {
  readonly shareName: string;
  readonly openedAt: Instant | null;
  readonly encryption: EncryptionLevel;
}

/**
 * One SMB session: a user's login on a server, with what it is connected to. It holds instants, never durations, so
 * that an unchanged session is an unchanged object.
 */
export interface Session {
  readonly location: Location;
  readonly user: Identity;
  readonly isGuest: boolean;
  readonly isAnonymous: boolean;
  /** Null where it is not known. */
  readonly openedAt: Instant | null;
  /** End of the last authentication. */
  readonly authenticatedAt: Instant | null;
  /** When the login runs out; null for never, and where `openedAt` is not known either. */
  readonly expiresAt: Instant | null;
  /** When the client last did something, or, at a lower bound of its idle time, not later than that; null: unknown. */
  readonly lastActiveAt: Instant | null;
  readonly idleCertainty: Certainty;
  /** `3.1.1`, `2.0.2`, …; `NT1` for SMB1. */
  readonly dialect: string;
  readonly encryption: EncryptionLevel;
  /** First channel first; more than one with SMB3 multichannel. */
  readonly channels: readonly [Channel, ...Channel[]];
  /** All of them, IPC$ too. */
  readonly treeConnects: readonly TreeConnect[];
  /** Shares that it is connected to, each once, sorted, without IPC$. */
  readonly shareNames: readonly string[];
  /** Open files and directories; named pipes too where the records can't tell them apart, which makes an upper bound. */
  readonly numOpens: number;
  readonly numOpensCertainty: Certainty;
  /** The smbd process that serves it, a pid of the server's own namespace. */
  readonly pid: number;
}
