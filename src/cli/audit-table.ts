import { type Actor, type AuditEntry, toIso } from '../sessions/index.ts';
import { styleOf } from './style.ts';
import { type Column, formatTable } from './table.ts';
import { visible } from './visible.ts';

const good: ReadonlySet<string> = new Set(['begun', 'done', 'closed', 'gone']);

/** Entries of the record, a line each. */
export function formatAudit(entries: readonly AuditEntry[], colour: boolean): string {
  const style = styleOf(colour);
  const columns: Column<AuditEntry>[] = [
    { title: 'SEQ', align: 'right', text: ({ seq }) => String(seq) },
    { title: 'AT', text: ({ at }) => toIso(at).slice(0, 19).replace('T', ' ') },
    { title: 'BY', text: ({ event }) => visible(formatActor(event.actor)) },
    { title: 'FROM', text: ({ event }) => visible(event.actor.from) },
    { title: 'WHAT', text: ({ event }) => visible(event.operation) },
    {
      title: 'OUTCOME',
      text: ({ event: { outcome } }) => (good.has(outcome) ? style.good(outcome) : style.bad(visible(outcome))),
    },
    { title: 'USER', text: ({ event }) => visible(event.user ?? '-') },
    { title: 'TARGET', text: ({ event }) => visible(event.target ?? '-') },
    { title: 'WHY', text: ({ event: { reason, message } }) => visible([reason, message].filter(Boolean).join('; ')) },
  ];
  return formatTable(columns, entries, { width: null, paintTitles: style.title });
}

/** `eve`, or `eve (token 3)`. */
function formatActor({ name, tokenId }: Actor): string {
  return tokenId === null ? name : `${name} (token ${tokenId})`;
}
