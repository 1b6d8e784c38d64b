import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  AccessError,
  type AuditEntry,
  type AuditOperation,
  type AuditReceipt,
  type Instant,
  toIso,
} from '../../sessions/index.ts';
import { maxWaitMs } from '../database.ts';
import { readSecret } from '../secret.ts';
import { broken, type Ends, verifyChain } from './chain.ts';
import { readEnds } from './ends.ts';
import { columns, type Row, readRows, toRow } from './entry-rows.ts';
import { decodeText, fromText } from './entry-text.ts';
import { attemptRead } from './reading.ts';

/** Which entries to have; what is not named does not count. */
export interface AuditFilter {
  readonly operation?: AuditOperation;
  /** Name of who did it, in any case. */
  readonly actor?: string;
  readonly target?: string;
  readonly since?: Instant;
  /** Only those with a lower number. */
  readonly before?: number;
}

/**
 * Reads the record of a state folder, and changes nothing. Others may append meanwhile. Where it can't be read, as while it is
 * locked, all throw AccessError STATE_UNUSABLE.
 */
export interface AuditReader extends Disposable {
  /** The newest first, not more than `limit`. */
  entries(filter: AuditFilter, limit: number): readonly AuditEntry[];
  /**
   * Holds each entry against the chain, and the chain against the secret of the state folder.
   *
   * @param known entries that it must have, as the lines of a log have them
   * @returns where it begins and ends
   * @throws AccessError AUDIT_BROKEN
   */
  verify(known?: readonly AuditReceipt[]): Ends;
  /**
   * The last entry.
   *
   * @throws AccessError AUDIT_BROKEN
   */
  head(): AuditReceipt;
  /** The record up to now in lines, which `verifyExport` reads: where it begins and ends, and then each entry. */
  exportLines(): Iterable<string>;
}

/** Not so many that they take much memory. */
const pageLength = 1000;

/** @throws AccessError STATE_UNUSABLE, also where there is no record, or no secret */
export function openAuditReader(stateFolder: string): AuditReader {
  using stack = new DisposableStack();
  const database = stack.use(openReadOnly(join(stateFolder, 'audit.db')));
  const key = readSecret(stateFolder).deriveKey('audit head');
  const opened = stack.move();
  return {
    entries: (filter, limit) => attemptRead(() => readEntries(database, filter, limit)),
    verify: (known) => attemptRead(() => verify(database, key, known)),
    head: () => attemptRead(() => readEnds(database, key).head),
    exportLines: () => exportLines(database, key),
    [Symbol.dispose]: () => opened.dispose(),
  };
}

function openReadOnly(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly: true, timeout: maxWaitMs });
  } catch (error) {
    const message = `there is no record in ${path}: ${(error as Error).message}; name another folder with --state-dir`;
    throw new AccessError('STATE_UNUSABLE', message, { cause: error });
  }
}

function readEntries(database: DatabaseSync, filter: AuditFilter, limit: number): readonly AuditEntry[] {
  const conditions: readonly (readonly [string, string | number | undefined])[] = [
    ['seq < ?', filter.before],
    ["text ->> '$.operation' = ?", filter.operation],
    ["text ->> '$.actor.name' = ? COLLATE NOCASE", filter.actor],
    ["text ->> '$.target' = ?", filter.target],
    ["text ->> '$.at' >= ?", filter.since === undefined ? undefined : toIso(filter.since)],
  ];
  const wanted = conditions.filter(([, value]) => value !== undefined);
  const where = ['TRUE', ...wanted.map(([condition]) => condition)].join(' AND ');
  return database
    .prepare(`SELECT ${columns} FROM entries WHERE ${where} ORDER BY seq DESC LIMIT ?`)
    .all(...wanted.map(([, value]) => value!), limit)
    .map(toRow)
    .map(({ seq, hash, text }) => ({ seq, hash, ...fromText(text) }));
}

function verify(database: DatabaseSync, key: Buffer, known?: readonly AuditReceipt[]): Ends {
  // Others may write meanwhile: what is read is of one moment.
  database.exec('BEGIN');
  try {
    // The walk goes from leaf to leaf; this checks what is above, by which an entry is looked up.
    const { quick_check: found } = database.prepare('PRAGMA quick_check(1)').get()!;
    if (found !== 'ok') throw broken(`${found}`);
    const ends = readEnds(database, key);
    verifyChain(ends, readRows(database), known);
    return ends;
  } finally {
    database.exec('ROLLBACK');
  }
}

function* exportLines(database: DatabaseSync, key: Buffer): Generator<string> {
  const { anchor, head } = attemptRead(() => readEnds(database, key));
  yield `${JSON.stringify({ anchor, head })}\n`;
  // Page by page: as long as one reads, SQLite's log of what is written can only grow.
  for (let last = anchor.seq; ; ) {
    const page = attemptRead(() => readPage(database, last, head.seq));
    if (attemptRead(() => readEnds(database, key)).anchor.seq > last) {
      throw new AccessError('STATE_UNUSABLE', 'old entries were cut off meanwhile; export it again');
    }
    // The text stays as it is: its bytes are what the hash is of.
    for (const { seq, hash, text } of page) {
      yield `{"seq":${seq},"hash":"${hash}","entry":${attemptRead(() => decodeText(text))}}\n`;
      last = seq;
    }
    if (page.length < pageLength) return;
  }
}

function readPage(database: DatabaseSync, after: number, upTo: number): readonly Row[] {
  return database
    .prepare(`SELECT ${columns} FROM entries WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ${pageLength}`)
    .all(after, upTo)
    .map(toRow);
}
