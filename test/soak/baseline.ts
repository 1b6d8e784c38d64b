import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import { type SessionJson, toSessionJson } from '../../src/sessions/index.ts';
import type { SteadySession } from '../support/load/index.ts';
import type { PrivateSamba } from '../support/samba/index.ts';

const patienceMs = 5_000;

/**
 * The list of a server, without those that are not steady, once it is what the clients of its sessions say. All later ones are compared with it.
 *
 * @throws Error where it never is
 */
export async function readBaseline(
  samba: PrivateSamba,
  steady: readonly SteadySession[],
  isSteady: (user: string | null) => boolean = () => true,
): Promise<SessionJson[]> {
  using source = new LocalSource({ instance: 1, locate: () => locateInstance(samba.smbConf) });
  for (const deadline = performance.now() + patienceMs; ; await sleep(50)) {
    const { parts, sessions } = await source.refresh();
    const list = sessions.map(toSessionJson).filter(({ user }) => isSteady(user.name));
    const difference = differenceOf(list, steady, samba.port) ?? parts[0]!.problems.map(({ code }) => code).join();
    if (difference === '') return list;
    if (performance.now() > deadline) throw new Error(`to begin with: ${difference}`);
  }
}

function differenceOf(list: readonly SessionJson[], steady: readonly SteadySession[], port: number): string | null {
  const byId = new Map(list.map((session) => [Number(session.location.split('.')[1]), session]));
  for (const truth of steady) {
    const session = byId.get(truth.sessionGlobalId);
    if (session === undefined) return `session ${truth.sessionGlobalId} is not listed`;
    const isOpensRight =
      session.num_opens_certainty === 'exact' ? session.num_opens === truth.opens : session.num_opens >= truth.opens;
    const seen = {
      user: session.user.name,
      shares: session.tree_connects.map(({ share_name }) => share_name).sort(),
      dialect: session.dialect,
      ports: session.channels.map(({ client }) => client?.port),
      serverPorts: session.channels.map(({ server }) => server?.port),
      isOpensRight,
    };
    const { user, shares, dialect, ports } = truth;
    const wanted = { user, shares, dialect, ports, serverPorts: ports.map(() => port), isOpensRight: true };
    if (!isDeepStrictEqual(seen, wanted)) return `${JSON.stringify(wanted)} is listed as ${JSON.stringify(seen)}`;
  }
  return list.length === steady.length ? null : `${list.length} sessions instead of ${steady.length}`;
}
