import { type AuditEvent, fromIso, type Instant, toIso } from '../../sessions/index.ts';

/** An entry's text, field by field: what else an object may carry is not to be recorded. */
export function toText(at: Instant, event: AuditEvent): string {
  const { operation, actor, target, user, reason, cost, outcome, message, begunAs } = event;
  const { name, accountId, tokenId, from } = actor;
  return JSON.stringify({
    at: toIso(at),
    operation,
    actor: { name, accountId, tokenId, from },
    target,
    user,
    reason,
    cost: cost && {
      sessions: cost.sessions,
      opens: cost.opens,
      opensForWriting: cost.opensForWriting,
      neighbours: cost.neighbours,
    },
    outcome,
    message,
    begunAs,
  });
}

/** The characters of an entry's text, which are what was written, or it throws. */
export function decodeText(text: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
}

/** What `toText` wrote. */
export function fromText(text: Uint8Array): { readonly at: Instant; readonly event: AuditEvent } {
  const { at, ...event } = JSON.parse(decodeText(text));
  return { at: fromIso(at), event };
}
