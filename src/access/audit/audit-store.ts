import { join } from 'node:path';
import { AccessError, type AuditEvent, type AuditReceipt } from '../../sessions/index.ts';
import { inTransaction, openDatabase } from '../database.ts';
import { ensureSecret, type Secret } from '../secret.ts';
import { broken } from './chain.ts';
import { firstForm, readEnds, writeEnds } from './ends.ts';
import { addRows } from './entry-rows.ts';
import { watchPlace } from './place.ts';
import { attemptRead } from './reading.ts';
import { Retention } from './retention.ts';

export interface AuditOptions {
  /** How long entries are kept, in days; null: for ever. */
  readonly retentionDays: number | null;
}

/** The last entry, and how the record is kept. */
export interface AuditHead extends AuditReceipt {
  /** Why what is old could not be cut off when that was last due; null: nothing was in the way. */
  readonly cutFailure: string | null;
}

/** Adds to the record of a state folder, as other processes may at the same time. */
export interface AuditStore extends Disposable {
  /**
   * All of them, one after the other, or none. Once it returns they outlive this process and a loss of power.
   *
   * @throws AccessError AUDIT_UNWRITABLE: what was to be recorded must not be done
   */
  append(events: readonly AuditEvent[]): readonly AuditReceipt[];
  /** @throws AccessError AUDIT_BROKEN, STATE_UNUSABLE */
  head(): AuditHead;
}

/**
 * Opens the record of a state folder, `<folder>/audit.db`, or begins it.
 *
 * @throws AccessError STATE_UNUSABLE; AUDIT_BROKEN where there was one, and it is gone
 */
export function openAuditStore(stateFolder: string, { retentionDays }: AuditOptions): AuditStore {
  using stack = new DisposableStack();
  const secret = ensureSecret(stateFolder);
  const key = secret.deriveKey('audit head');
  const path = join(stateFolder, 'audit.db');
  const database = stack.use(openDatabase(path, { steps: [firstForm(key)], mayBegin: () => checkNew(secret, path) }));
  const checkPlace = watchPlace(path);
  if (!secret.hasRecord) secret.noteRecord();
  const retention = new Retention(database, key, retentionDays);
  const opened = stack.move();

  const add = (events: readonly AuditEvent[]) =>
    inTransaction(database, () => {
      const { anchor, head } = readEnds(database, key);
      const receipts = addRows(database, head, events);
      writeEnds(database, key, { anchor, head: receipts.at(-1)! });
      checkPlace();
      return receipts;
    });
  return {
    append: (events) => {
      if (events.length === 0) return [];
      let receipts: readonly AuditReceipt[];
      try {
        receipts = add(events);
      } catch (error) {
        const message = `it can't be recorded, and so nothing was done: ${(error as Error).message}`;
        throw new AccessError('AUDIT_UNWRITABLE', message, { cause: error });
      }
      retention.cut();
      return receipts;
    },
    head: () =>
      attemptRead(() => {
        checkPlace();
        return { ...readEnds(database, key).head, cutFailure: retention.failure };
      }),
    [Symbol.dispose]: () => opened.dispose(),
  };
}

/** A second chain would verify, and nobody would miss the first. */
function checkNew({ hasRecord }: Secret, path: string): void {
  if (!hasRecord) return;
  const advice = `put it back; where it is lost, remove the line "audit" from the file secret beside it to begin another`;
  throw broken(`${path} is gone, or empty: ${advice}`);
}
