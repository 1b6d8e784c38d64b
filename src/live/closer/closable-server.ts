import type { SessionSource } from '../../sessions/index.ts';
import type { SambaServer } from '../samba-server.ts';

/** A server of this machine, read by the very source that lists its sessions: what is known of it is kept once. */
export interface ClosableServer {
  /** The instance's number in locations. */
  readonly instance: number;
  readonly source: SessionSource & { readonly lastRead: SambaServer | null };
}
