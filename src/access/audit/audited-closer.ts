import type { Actor, AuditLog, CloseOptions, CloseOutcome, Closer } from '../../sessions/index.ts';
import { beginRecord, type CloseRecord, planEvent } from './close-record.ts';

/**
 * The same closer, whose plans are in the record before anybody sees them.
 *
 * @throws AccessError AUDIT_UNWRITABLE, from `plan`
 */
export function auditPlans(closer: Closer, log: AuditLog, actor: Actor): Closer {
  return {
    plan: async (locations) => {
      const plan = await closer.plan(locations);
      await log.append([planEvent(plan, actor)]);
      return plan;
    },
    close: (plan, options) => closer.close(plan, options),
  };
}

/**
 * The same closer, which sends nothing before the record has what is to be closed, and by whom. By the end the record has
 * the outcomes too. Where nobody asks for them any more, nothing more is sent, and the end comes when it is known what
 * became of the rest. An outcome that can't be recorded is told all the same.
 *
 * @throws AccessError AUDIT_UNWRITABLE, from `close`: nothing was sent
 */
export function auditCloses(closer: Closer, log: AuditLog, actor: Actor): Closer {
  return {
    plan: (locations) => closer.plan(locations),
    async *close(plan, options) {
      const record = await beginRecord(log, actor, plan, options);
      yield* toTheEnd(options, (given) => recorded(closer.close(plan, given), record));
    },
  };
}

async function* recorded(
  outcomes: AsyncIterable<CloseOutcome>,
  record: CloseRecord,
): AsyncGenerator<CloseOutcome, void> {
  let why = 'nothing was said of it';
  try {
    for await (const outcome of outcomes) {
      record.take(outcome);
      yield outcome;
    }
  } catch (error) {
    why = (error as Error).message;
    throw error;
  } finally {
    await record.end(why);
  }
}

/** Goes on where whoever asks has left, so that outcomes are still recorded; but then nothing more is sent. */
async function* toTheEnd(
  options: CloseOptions,
  close: (options: CloseOptions) => AsyncGenerator<CloseOutcome, void>,
): AsyncGenerator<CloseOutcome, void> {
  const left = new AbortController();
  const signal = options.signal === undefined ? left.signal : AbortSignal.any([left.signal, options.signal]);
  const outcomes = close({ ...options, signal });
  try {
    for (let step = await outcomes.next(); !step.done; step = await outcomes.next()) yield step.value;
  } finally {
    left.abort();
    while (!(await outcomes.next()).done);
  }
}
