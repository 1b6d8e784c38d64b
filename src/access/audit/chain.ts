import { createHash } from 'node:crypto';
import { AccessError, type AuditReceipt } from '../../sessions/index.ts';

/** An entry as it is kept: its text, where it stands, and the hash of it and all before. */
export interface Link extends AuditReceipt {
  /** As it was written, byte for byte. */
  readonly text: string | Uint8Array;
}

/** What a record begins and ends with. */
export interface Ends {
  /** The last entry that is no longer there, and no entry's at first. */
  readonly anchor: AuditReceipt;
  /** The last entry; the anchor where there is none. */
  readonly head: AuditReceipt;
}

/** What stands before the first entry. */
export const beginning: AuditReceipt = { seq: 0, hash: '0'.repeat(64) };

/** SHA-256 of the hash before, the entry's number and its text: so nothing can be changed, moved or left out. */
export function follow(last: AuditReceipt, text: string | Uint8Array): AuditReceipt {
  const seq = last.seq + 1;
  const hash = createHash('sha256').update(Buffer.from(last.hash, 'hex')).update(`${seq}\n`).update(text).digest('hex');
  return { seq, hash };
}

/**
 * Walks from the anchor to the head.
 *
 * @param known entries that the chain must have, as a log outside has them
 * @throws AccessError AUDIT_BROKEN, with the number of the first entry that is not what was written
 */
export function verifyChain({ anchor, head }: Ends, links: Iterable<Link>, known: readonly AuditReceipt[] = []): void {
  const points = [...known, head];
  const compare = (point: AuditReceipt) => {
    const isOther = points.some(({ seq, hash }) => seq === point.seq && hash !== point.hash);
    if (isOther) throw broken(`entry ${point.seq} has another hash than is known of it`);
  };
  let last = anchor;
  compare(last);
  for (const { seq, hash, text } of links) {
    const next = follow(last, text);
    if (next.seq > head.seq) throw broken(`entry ${next.seq} was added after the last one`);
    if (seq !== next.seq) throw broken(`entry ${next.seq} is missing, or in another place`);
    if (hash !== next.hash) throw broken(`entry ${seq} has another hash than its text`);
    compare(next);
    last = next;
  }
  if (last.seq < head.seq) throw broken(`entry ${last.seq + 1} is missing, and all after it`);
  for (const { seq } of known) {
    if (seq > head.seq) throw broken(`entry ${seq} is missing: the last one is ${head.seq}`);
    if (seq < anchor.seq) throw broken(`entry ${seq} can't be compared: all up to ${anchor.seq} were cut off`);
  }
}

export function broken(what: string, cause?: unknown): AccessError {
  return new AccessError('AUDIT_BROKEN', `the record is not what was written: ${what}`, { cause });
}
