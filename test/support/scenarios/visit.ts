/** What a visitor did, to be found in a list. Opens do not count pipes. */
export interface Visit {
  readonly label: string;
  readonly user: string;
  readonly sessionGlobalId?: number;
  readonly shares: readonly string[];
  readonly opens: number;
  readonly encryption: 'none' | 'partial' | 'full';
  readonly isGuest?: boolean;
  readonly isAnonymous?: boolean;
  /** Of the client. */
  readonly address: string;
  /** The address of the server that it came to. Default: `address`. */
  readonly server?: string;
  readonly port?: number;
  readonly dialect: string;
  /** Default: 1. */
  readonly channels?: number;
  /** Groups of the user beside the primary one. Default: 0. */
  readonly groups?: number;
}

/** The low half of a session id on the wire is `session_global_id`. */
export function idOf(wireId: bigint): number {
  return Number(wireId & 0xffff_ffffn);
}
