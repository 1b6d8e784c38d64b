import type { AuditEvent, AuditLog, AuditReceipt } from '../../sessions/index.ts';

/** What the log line of an entry has. */
export type AuditFields = Readonly<Record<string, string | number | null>>;

/**
 * The same record, which also writes a line for each entry but those of what has only begun. A line has the entry's number
 * and hash: a log that is kept elsewhere shows whether the record is still the one that it was.
 *
 * What happens whether or not it can be recorded, a denial or what became of a close, has its line all the same.
 */
export function logAudit(log: AuditLog, write: (fields: AuditFields, message: string) => void): AuditLog {
  const writeLine = (event: AuditEvent, receipt: AuditReceipt | undefined) => {
    if (event.outcome !== 'begun') write(toFields(event, receipt), event.operation);
  };
  return {
    append: async (events) => {
      try {
        const receipts = await log.append(events);
        for (const [i, event] of events.entries()) writeLine(event, receipts[i]);
        return receipts;
      } catch (error) {
        for (const event of events) if (hasHappened(event)) writeLine(event, undefined);
        throw error;
      }
    },
  };
}

function hasHappened({ outcome, begunAs }: AuditEvent): boolean {
  return outcome === 'denied' || begunAs !== null;
}

function toFields(event: AuditEvent, receipt: AuditReceipt | undefined): AuditFields {
  const { operation, actor, target, user, reason, outcome, message } = event;
  const isClose = operation === 'smb_close_session' || operation === 'smb_close_handle';
  return {
    operation,
    seq: receipt?.seq ?? null,
    hash: receipt?.hash ?? null,
    by: actor.name,
    account: actor.accountId,
    token: actor.tokenId,
    from: actor.from,
    [isClose ? 'location' : 'target']: target,
    user,
    reason,
    result: outcome,
    message,
  };
}
