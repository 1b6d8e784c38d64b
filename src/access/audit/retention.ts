import type { DatabaseSync } from 'node:sqlite';
import { type Actor, type AuditEvent, type AuditReceipt, now } from '../../sessions/index.ts';
import { inTransaction } from '../database.ts';
import { follow } from './chain.ts';
import { readEnds, writeEnds } from './ends.ts';
import { addRows, readRows } from './entry-rows.ts';
import { fromText } from './entry-text.ts';

const dayMicros = 86_400_000_000;
/** More take too long for those who wait; the rest has its turn next time. */
const maxAtOnce = 100_000;
const actor: Actor = { name: 'smbwho', accountId: null, tokenId: null, from: 'this machine' };

/**
 * Cuts off the entries that are older than so many days, once the first is a day older than that: so it is not done more
 * often than once a day, whoever does it. The chain then begins at the last that was cut off, as an entry of its own says.
 * Nothing is cut off of a chain that is broken there: what went wrong is to be found.
 */
export function cutOld(database: DatabaseSync, key: Buffer, retentionDays: number): void {
  const keptSince = now() - retentionDays * dayMicros;
  inTransaction(database, () => {
    const { anchor, head } = readEnds(database, key);
    const last = lastBefore(database, anchor, keptSince);
    if (last === null || last.seq === anchor.seq) return;
    database.prepare('DELETE FROM entries WHERE seq <= ?').run(last.seq);
    const [cut] = addRows(database, head, [toEvent(last)]);
    writeEnds(database, key, { anchor: last, head: cut! });
  });
}

/** @returns null where the first entry is not a day older than that, or the chain is broken */
function lastBefore(database: DatabaseSync, anchor: AuditReceipt, keptSince: number): AuditReceipt | null {
  let last = anchor;
  for (const { seq, hash, text } of readRows(database)) {
    const next = follow(last, text);
    if (seq !== next.seq || hash !== next.hash) return null;
    const { at } = fromText(text);
    if (last === anchor && at >= keptSince - dayMicros) return null;
    if (at >= keptSince || seq - anchor.seq > maxAtOnce) return last;
    last = next;
  }
  // The newest entry is always kept.
  return null;
}

function toEvent({ seq, hash }: AuditReceipt): AuditEvent {
  const nothing = { user: null, reason: null, cost: null, begunAs: null };
  return { operation: 'audit_cut', actor, target: `${seq}`, outcome: 'done', message: hash, ...nothing };
}
