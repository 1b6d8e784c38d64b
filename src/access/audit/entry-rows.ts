import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { type AuditEvent, type AuditReceipt, now } from '../../sessions/index.ts';
import { follow, type Link } from './chain.ts';
import { toText } from './entry-text.ts';

/** An entry of the database. */
export interface Row extends Link {
  readonly text: Uint8Array;
}

/** For a SELECT: what `toRow` takes. Read as text, several wrong bytes would be alike. */
export const columns = 'seq, lower(hex(hash)) AS hash, CAST(text AS BLOB) AS text';

export function toRow({ seq, hash, text }: Record<string, SQLOutputValue>): Row {
  return { seq: Number(seq), hash: `${hash}`, text: text as Uint8Array };
}

/** All, from the first to the last. */
export function* readRows(database: DatabaseSync): Generator<Row> {
  for (const row of database.prepare(`SELECT ${columns} FROM entries ORDER BY seq`).iterate()) yield toRow(row);
}

/** The last; undefined where there is none. */
export function readNewest(database: DatabaseSync): Row | undefined {
  const row = database.prepare(`SELECT ${columns} FROM entries ORDER BY seq DESC LIMIT 1`).get();
  return row && toRow(row);
}

/** Adds entries after the last one. Whoever calls it writes the record's new end. */
export function addRows(database: DatabaseSync, last: AuditReceipt, events: readonly AuditEvent[]): AuditReceipt[] {
  const insert = database.prepare('INSERT INTO entries (seq, hash, text) VALUES (?, unhex(?), ?)');
  let head = last;
  return events.map((event) => {
    const text = toText(now(), event);
    head = follow(head, text);
    insert.run(head.seq, head.hash, text);
    return head;
  });
}
