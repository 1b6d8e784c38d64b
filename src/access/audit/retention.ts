import type { DatabaseSync } from 'node:sqlite';
import { type Actor, type AuditEvent, type AuditReceipt, type Instant, now } from '../../sessions/index.ts';
import { inTransaction } from '../database.ts';
import { broken, follow } from './chain.ts';
import { readEnds, writeEnds } from './ends.ts';
import { addRows, readNewest, readRows } from './entry-rows.ts';
import { fromText } from './entry-text.ts';

const dayMicros = 86_400_000_000;
/** A process looks that often whether there is something old, so that each entry need not pay for it. */
const pauseMs = 3_600_000;
/** More take too long for those who wait; the rest has its turn next time. */
const maxAtOnce = 100_000;
const actor: Actor = { name: 'smbwho', accountId: null, tokenId: null, from: 'this machine' };

/** Cuts off of a record what is older than it is to be kept. */
export class Retention {
  /** Why that could not be done when it was last due. */
  failure: string | null = null;
  readonly #database: DatabaseSync;
  readonly #key: Buffer;
  readonly #days: number | null;
  /** When the newest entry was written that was there when this began; null: it is not known. */
  #beganAt: Instant | null = null;
  readonly #beganMs = performance.now();
  #nextMs = 0;

  /** @param days how long entries are kept; null: for ever */
  constructor(database: DatabaseSync, key: Buffer, days: number | null) {
    this.#database = database;
    this.#key = key;
    this.#days = days;
    if (days === null) return;
    this.#attempt(() => {
      const newest = readNewest(database);
      this.#beganAt = newest === undefined ? now() : fromText(newest.text).at;
    });
  }

  /** Does so once an hour; that it can't is no reason not to go on. */
  cut(): void {
    if (this.#days === null || this.#beganAt === null || performance.now() < this.#nextMs) return;
    this.#nextMs = performance.now() + pauseMs;
    // A clock that is ahead makes nothing older: by the record itself, it is not later than this.
    const latest = this.#beganAt + (performance.now() - this.#beganMs) * 1000;
    const keptSince = Math.min(now(), latest) - this.#days * dayMicros;
    this.#attempt(() => cutBefore(this.#database, this.#key, keptSince));
  }

  #attempt(work: () => void): void {
    this.failure = null;
    try {
      work();
    } catch (error) {
      this.failure = (error as Error).message;
    }
  }
}

/**
 * Cuts off the entries from before then, once the first is a day older than that: so it is not done more often than once a
 * day, whoever does it. The chain then begins at the last that was cut off, as an entry of its own says.
 *
 * @throws AccessError AUDIT_BROKEN where the chain is broken there: what went wrong is to be found, and nothing is cut off
 */
function cutBefore(database: DatabaseSync, key: Buffer, keptSince: Instant): void {
  inTransaction(database, () => {
    const { anchor, head } = readEnds(database, key);
    const last = lastBefore(database, anchor, keptSince);
    if (last === null) return;
    database.prepare('DELETE FROM entries WHERE seq <= ?').run(last.seq);
    const [cut] = addRows(database, head, [toEvent(last)]);
    writeEnds(database, key, { anchor: last, head: cut! });
  });
}

/** @returns null where the first entry is not a day older than that */
function lastBefore(database: DatabaseSync, anchor: AuditReceipt, keptSince: Instant): AuditReceipt | null {
  let last = anchor;
  let found: AuditReceipt | null = null;
  for (const { seq, hash, text } of readRows(database)) {
    last = follow(last, text);
    if (seq !== last.seq || hash !== last.hash) throw broken(`entry ${last.seq} is missing, or not what was written`);
    const { at } = fromText(text);
    // One from the future tells nothing: the clock was wrong. It goes with those after it.
    if (at > now()) continue;
    if (at >= keptSince - (found === null ? dayMicros : 0) || seq - anchor.seq > maxAtOnce) return found;
    found = last;
  }
  return found;
}

function toEvent({ seq, hash }: AuditReceipt): AuditEvent {
  const nothing = { user: null, reason: null, cost: null, begunAs: null };
  return { operation: 'audit_cut', actor, target: `${seq}`, outcome: 'done', message: hash, ...nothing };
}
