import type { Actor, AuditLog, Closer, FileCloser } from '../../sessions/index.ts';
import { type CloseKind, type CloseWords, fileCloses, type Named, type Outcome, sessionCloses } from './close-kinds.ts';
import { beginRecord, type CloseRecord, planEvent } from './close-record.ts';

/**
 * The same closer, whose plans are in the record before anybody sees them.
 *
 * @throws AccessError AUDIT_UNWRITABLE, from `plan`
 */
export function auditPlans(closer: Closer, log: AuditLog, actor: Actor): Closer {
  return {
    plan: recordPlan(sessionCloses, (locations) => closer.plan(locations), log, actor),
    close: (plan, options) => closer.close(plan, options),
  };
}

/** The same of files. */
export function auditFilePlans(closer: FileCloser, log: AuditLog, actor: Actor): FileCloser {
  return {
    plan: recordPlan(fileCloses, (locations) => closer.plan(locations), log, actor),
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
    close: recordClose(sessionCloses, (plan, options) => closer.close(plan, options), log, actor),
  };
}

/** The same of files. */
export function auditFileCloses(closer: FileCloser, log: AuditLog, actor: Actor): FileCloser {
  return {
    plan: (locations) => closer.plan(locations),
    close: recordClose(fileCloses, (plan, options) => closer.close(plan, options), log, actor),
  };
}

interface Plan<C> {
  readonly closes: readonly C[];
}

interface Options extends CloseWords {
  readonly signal?: AbortSignal;
}

function recordPlan<C extends Named, P extends Plan<C>, L>(
  kind: CloseKind<C>,
  make: (locations: readonly L[]) => Promise<P>,
  log: AuditLog,
  actor: Actor,
): (locations: readonly L[]) => Promise<P> {
  return async (locations) => {
    const plan = await make(locations);
    await log.append([planEvent(kind, plan.closes, actor)]);
    return plan;
  };
}

function recordClose<C extends Named, P extends Plan<C>, O extends Options, R extends Outcome<C>>(
  kind: CloseKind<C>,
  close: (plan: P, options: O) => AsyncIterable<R>,
  log: AuditLog,
  actor: Actor,
): (plan: P, options: O) => AsyncGenerator<R, void> {
  return async function* (plan, options) {
    const record = await beginRecord(kind, log, actor, plan.closes, options);
    yield* toTheEnd(options, (given) => recorded(close(plan, given), record));
  };
}

async function* recorded<C extends Named, R extends Outcome<C>>(
  outcomes: AsyncIterable<R>,
  record: CloseRecord<Outcome<C>>,
): AsyncGenerator<R, void> {
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
async function* toTheEnd<O extends Options, R>(
  options: O,
  close: (options: O) => AsyncGenerator<R, void>,
): AsyncGenerator<R, void> {
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
