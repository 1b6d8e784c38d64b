import { createHmac, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { beginning, broken, type Ends } from './chain.ts';

/** SQL that makes the record's tables, with nothing recorded. */
export function firstForm(key: Buffer): string {
  const ends = { anchor: beginning, head: beginning };
  return `
    CREATE TABLE entries (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL, text TEXT NOT NULL) STRICT;
    CREATE TABLE chain (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      anchor_seq INTEGER NOT NULL, anchor_hash BLOB NOT NULL,
      head_seq INTEGER NOT NULL, head_hash BLOB NOT NULL,
      mac BLOB NOT NULL
    ) STRICT;
    INSERT INTO chain VALUES (1, 0, x'${beginning.hash}', 0, x'${beginning.hash}', x'${macOf(ends, key).toString('hex')}');
  `;
}

/**
 * Where the record begins and ends, as whoever has the secret wrote it.
 *
 * @throws AccessError AUDIT_BROKEN
 */
export function readEnds(database: DatabaseSync, key: Buffer): Ends {
  const row = database
    .prepare('SELECT *, lower(hex(anchor_hash)) AS anchor, lower(hex(head_hash)) AS head FROM chain')
    .get();
  if (row === undefined) throw broken('where it begins and ends is missing');
  const ends = {
    anchor: { seq: Number(row.anchor_seq), hash: `${row.anchor}` },
    head: { seq: Number(row.head_seq), hash: `${row.head}` },
  };
  const [mac, expected] = [row.mac as Uint8Array, macOf(ends, key)];
  if (mac.length === expected.length && timingSafeEqual(mac, expected)) return ends;
  throw broken('where it begins and ends was changed, or the file `secret` is another than it was written with');
}

export function writeEnds(database: DatabaseSync, key: Buffer, ends: Ends): void {
  const { anchor, head } = ends;
  database
    .prepare('UPDATE chain SET anchor_seq = ?, anchor_hash = unhex(?), head_seq = ?, head_hash = unhex(?), mac = ?')
    .run(anchor.seq, anchor.hash, head.seq, head.hash, macOf(ends, key));
}

function macOf({ anchor, head }: Ends, key: Buffer): Buffer {
  return createHmac('sha256', key).update(`${anchor.seq}:${anchor.hash}:${head.seq}:${head.hash}`).digest();
}
