import type { AuditEvent, AuditLog } from '../sessions/index.ts';

/** What is to be done, before it is known what becomes of it. */
export type Intent = Omit<AuditEvent, 'outcome' | 'begunAs'>;

/**
 * Records what is about to be done, does it, and records what became of it: `done` or `failed`. What was done stays done
 * where that can't be recorded any more; the record then has its beginning.
 *
 * @throws AccessError AUDIT_UNWRITABLE: it was not done; and what doing it throws
 */
export async function doRecorded<T>(log: AuditLog, intent: Intent, act: () => T | Promise<T>): Promise<T> {
  const [receipt] = await log.append([{ ...intent, outcome: 'begun', begunAs: null }]);
  const end = async (outcome: string, message: string | null) => {
    await log.append([{ ...intent, outcome, message, begunAs: receipt!.seq }]).catch(() => undefined);
  };
  try {
    const result = await act();
    await end('done', intent.message);
    return result;
  } catch (error) {
    await end('failed', (error as Error).message);
    throw error;
  }
}
