import type { FastifyInstance } from 'fastify';
import type { AuditEvent, AuditLog, AuditReceipt } from '../sessions/index.ts';

const windowMs = 10 * 60_000;

/** So many different ones of a bearer, or of all strangers together, have entries of their own in a window. */
const maxKinds = 200;
const others = 'others';

interface Repeat {
  readonly event: AuditEvent;
  readonly receipts: Promise<readonly AuditReceipt[]>;
  /** How many came since the last entry. */
  more: number;
}

/**
 * The same record, but who asks again and again for what is denied, or for the same plan, does not fill the disk with it:
 * the first is recorded at once, those after it once in ten minutes and at the end, by their number.
 */
export function countRepeats(app: FastifyInstance, log: AuditLog): AuditLog {
  const bearers = new Map<string, Map<string, Repeat>>();

  function append(event: AuditEvent): Promise<readonly AuditReceipt[]> {
    const bearer = bearerOf(event);
    const kinds = bearers.get(bearer) ?? new Map<string, Repeat>();
    bearers.set(bearer, kinds);
    const own = kindOf(event);
    const kind = kinds.has(own) || kinds.size < maxKinds ? own : others;
    const known = kinds.get(kind);
    if (known !== undefined) {
      known.more++;
      return known.receipts;
    }
    const receipts = log.append([event]);
    kinds.set(kind, { event, receipts, more: 0 });
    // What is not in the record can't be counted there.
    receipts.catch(() => kinds.delete(kind));
    return receipts;
  }

  async function tell(): Promise<void> {
    const events: AuditEvent[] = [];
    for (const [bearer, kinds] of bearers) {
      for (const [kind, repeat] of kinds) {
        const { event, more } = repeat;
        if (more === 0) kinds.delete(kind);
        else events.push({ ...event, message: [event.message, toWords(kind, more)].filter(Boolean).join('; ') });
        repeat.more = 0;
      }
      if (kinds.size === 0) bearers.delete(bearer);
    }
    if (events.length > 0) await log.append(events).catch((error) => app.log.error(error));
  }

  const timer = setInterval(tell, windowMs).unref();
  app.addHook('onClose', async () => {
    clearInterval(timer);
    await tell();
  });
  return {
    append: (events) => {
      const [event] = events;
      return events.length === 1 && event !== undefined && isCounted(event) ? append(event) : log.append(events);
    },
  };
}

function isCounted({ operation, outcome }: AuditEvent): boolean {
  return outcome === 'denied' || operation === 'smb_plan_close' || operation === 'smb_plan_close_handle';
}

function bearerOf({ actor }: AuditEvent): string {
  return `${actor.accountId} ${actor.tokenId}`;
}

function kindOf({ operation, actor, target, user, cost, message }: AuditEvent): string {
  return JSON.stringify([operation, actor.from, target, user, cost, message]);
}

function toWords(kind: string, more: number): string {
  return kind === others ? `${more} others, not of one kind` : `${more} times more`;
}
