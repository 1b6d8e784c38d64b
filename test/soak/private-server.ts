import type { LoadTarget } from '../support/load/index.ts';
import { PrivateSamba } from '../support/samba/index.ts';

/** Where a Samba comes from. */
export interface SambaChoice {
  /** Root folder of its system; null for this machine's own. */
  readonly root: string | null;
  /** Whether its processes count in a pid namespace of their own. */
  readonly ownPids?: boolean;
}

const shares = ['docs', 'media', '文档'];

/** A Samba for the soak: on IPv4 loopback, with logs that stay small. */
export function startServer({ root, ownPids = false }: SambaChoice): Promise<PrivateSamba> {
  return PrivateSamba.start({
    root: root ?? '/',
    ownPids,
    addresses: ['127.0.0.1'],
    shares: shares.map((name) => ({ name })),
    globals: { 'log level': '0', 'max log size': '1000' },
  });
}

export function targetOf({ host, port, users }: PrivateSamba): LoadTarget {
  return { host, port, users: users.map(({ name, password }) => ({ user: name, password })), shares };
}
