import type { Credentials } from './ntlmssp.ts';

/** How to log in. */
export type LoginOptions = Credentials & {
  /** Encrypt all that this session sends. */
  readonly encrypt?: boolean;
  /** Sign all that this session sends, and require the same of the server. */
  readonly sign?: boolean;
  /** A session of the same user that this one replaces; the server closes it. */
  readonly previousSessionId?: bigint;
};
