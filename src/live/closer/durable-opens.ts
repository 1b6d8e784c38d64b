import type { OpenGlobal } from '../../samba/records/index.ts';
import { connectRows } from '../join.ts';
import { countOpens } from '../open-counts.ts';
import type { SambaServer } from '../samba-server.ts';

/**
 * Durable handles by session. Before 4.23 only process and owner tell whose they are: they count for each session that may
 * own them.
 */
export function countDurable(server: SambaServer): ReadonlyMap<number, number> {
  const { lastRows, instance } = server;
  const durable: OpenGlobal[] = [];
  for (const { value } of lastRows?.opens.values() ?? []) if (value?.isDurable) durable.push(value);
  if (lastRows === null || durable.length === 0) return new Map();
  const sessions = connectRows(lastRows, (serverId) => server.livesNow(serverId));
  const count = countOpens(durable, lastRows.tcons, sessions, instance.forcedShares);
  return new Map(sessions.map((session) => [session.row.sessionGlobalId, count(session).numOpens]));
}
