import { readlinkSync } from 'node:fs';
import { type Counted, dumpConnections } from '../../kernel/index.ts';
import { type Channel, type Instant, instantOf, type Session } from '../../sessions/index.ts';
import type { Counters } from './connection-activity.ts';

/** The kernel's clock for this goes in steps of 1 to 10 ms; so much is taken off, and nothing is told too old. */
const clockStepMs = 10;

/** Connections by `connectionKey`. */
export type Look = ReadonlyMap<string, Counters>;

/** Names a connection by its two ends; null where one is not known, or it is no TCP connection. */
export function connectionKey({ client, server }: Channel): string | null {
  if (server === null || server.port === 0 || client.port === 0) return null;
  return toKey(server.address, server.port, client.address, client.port);
}

/**
 * Looks at the connections at the ports that these sessions came in by.
 *
 * @throws KernelError
 */
export async function lookAtConnections(sessions: readonly Session[]): Promise<Look> {
  const ports = new Set(sessions.flatMap(({ channels }) => channels.map(({ server }) => server?.port ?? 0)));
  ports.delete(0);
  const look = new Map<string, Counters>();
  for (const parts of await Promise.all([...ports].map(dumpConnections))) for (const part of parts) addTo(look, part);
  return look;
}

/** Exported for its tests. */
export function addTo(look: Map<string, Counters>, { takenAtMs, connections }: Counted): void {
  const takenAt = instantOf(takenAtMs);
  for (const { local, localPort, remote, remotePort, lastReceivedMs, ...counts } of connections) {
    const receivedAt: Instant = takenAt - Math.max(0, lastReceivedMs - clockStepMs) * 1000;
    const key = toKey(local, localPort, remote, remotePort);
    // Addresses with a zone can be of several sockets: nobody is told idle for what another did.
    if ((look.get(key)?.receivedAt ?? -1) < receivedAt) look.set(key, { takenAt, receivedAt, ...counts });
  }
}

function toKey(local: string, localPort: number, remote: string, remotePort: number): string {
  return `${local} ${localPort} ${remote} ${remotePort}`;
}

/** Whether a process has the network that we see: false only where that is known. */
export function sharesNetwork(pid: number): boolean {
  const [own, other] = [tryReadlink('/proc/self/ns/net'), tryReadlink(`/proc/${pid}/ns/net`)];
  return own === null || other === null || own === other;
}

function tryReadlink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
