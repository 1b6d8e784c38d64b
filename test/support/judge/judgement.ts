/**
 * What smbstatus says of a session. A field that its release does not say is not there, and not compared.
 *
 * Instants are in microseconds since 1970, `…Second` in seconds, rounded.
 */
export interface JudgedSession {
  readonly id?: number;
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly user: string;
  readonly client: string;
  readonly dialect: string;
  readonly encryption: string;
  readonly openedAt?: number;
  readonly authenticatedAt?: number;
  /** Null for never. */
  readonly expiresAt?: number | null;
  /** `<server> <client> <when opened>` of each, sorted, one a line. */
  readonly channels?: string;
}

/** What smbstatus says of a tree connect. */
export interface JudgedTree {
  readonly sessionId?: number;
  readonly pid: number;
  readonly share: string;
  readonly client: string;
  readonly encryption: string;
  readonly openedAt?: number;
  readonly openedSecond?: number;
}

/** An open file or folder; pipes are none. */
export interface JudgedOpen {
  readonly pid: number;
  readonly uid: number;
}

export interface Judgement {
  readonly sessions: readonly JudgedSession[];
  readonly trees: readonly JudgedTree[];
  readonly opens: readonly JudgedOpen[];
}

/** The user of a login that is not finished. */
export const loginUnderWay = '(auth in progress)';
