import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { AccessError, type AuditEvent, type AuditReceipt, now } from '../../sessions/index.ts';
import { inTransaction, openDatabase } from '../database.ts';
import { readSecret } from '../secret.ts';
import { firstForm, readEnds, writeEnds } from './ends.ts';
import { addRows } from './entry-rows.ts';
import { cutOld } from './retention.ts';

export interface AuditOptions {
  /** How long entries are kept, in days; null: for ever. */
  readonly retentionDays: number | null;
}

/** Adds to the record of a state folder, as other processes may at the same time. */
export interface AuditStore extends Disposable {
  /**
   * All of them, one after the other, or none. Once it returns they outlive this process and a loss of power.
   *
   * @throws AccessError AUDIT_UNWRITABLE: what was to be recorded must not be done
   */
  append(events: readonly AuditEvent[]): readonly AuditReceipt[];
}

/** A process looks that often whether there is something old, so that each entry need not pay for it. */
const cutEveryMicros = 3_600_000_000;

/**
 * Opens the record of a state folder, `<folder>/audit.db`, or begins it.
 *
 * @throws AccessError STATE_UNUSABLE
 */
export function openAuditStore(stateFolder: string, { retentionDays }: AuditOptions): AuditStore {
  const key = readSecret(stateFolder).deriveKey('audit head');
  const path = join(stateFolder, 'audit.db');
  const database = openDatabase(path, { steps: [firstForm(key)], synchronous: 'FULL' });
  let nextCutAt = 0;
  const cut = () => {
    if (retentionDays === null || now() < nextCutAt) return;
    nextCutAt = now() + cutEveryMicros;
    try {
      cutOld(database, key, retentionDays);
    } catch {} // what was to be recorded is; the next time will do
  };
  return {
    append: (events) => {
      const receipts = append(database, key, events);
      cut();
      return receipts;
    },
    [Symbol.dispose]: () => database.close(),
  };
}

function append(database: DatabaseSync, key: Buffer, events: readonly AuditEvent[]): readonly AuditReceipt[] {
  if (events.length === 0) return [];
  try {
    return inTransaction(database, () => {
      const { anchor, head } = readEnds(database, key);
      const receipts = addRows(database, head, events);
      writeEnds(database, key, { anchor, head: receipts.at(-1)! });
      return receipts;
    });
  } catch (error) {
    const message = `it can't be recorded, and so nothing was done: ${(error as Error).message}`;
    throw new AccessError('AUDIT_UNWRITABLE', message, { cause: error });
  }
}
