import type { UserOptions } from './accounts.ts';
import type { ShareOptions } from './smb-conf.ts';

/** How to start a private Samba; every option has a default. */
export interface PrivateSambaOptions {
  /** Root folder of another release's system, to which smbd is confined. Default: `testedRoot`, mostly this machine's own. */
  readonly root?: string;
  /** smbd, as seen from within the root folder. Default: `/usr/sbin/smbd`. */
  readonly binary?: string;
  /** Private folder (host path, within `root`); must be empty or missing. Default: a new temporary one. Removed on stop. */
  readonly directory?: string;
  /** TCP port on loopback. Default: a free one. */
  readonly port?: number;
  /** Addresses to listen on; loopback ones only. Default: `127.0.0.1`, and `::1` where there is IPv6. */
  readonly addresses?: readonly string[];
  /** Who can log in. Default: `defaultUsers`. */
  readonly users?: readonly UserOptions[];
  /** Default: one, named `public`. */
  readonly shares?: readonly ShareOptions[];
  /** More lines for smb.conf's `[global]`, or others instead of the default ones. */
  readonly globals?: Readonly<Record<string, string>>;
  /** Whether its processes count in a pid namespace of their own, as in a container. Default: no. */
  readonly ownPids?: boolean;
}
