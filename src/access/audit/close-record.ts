import type { Actor, AuditEvent, AuditLog } from '../../sessions/index.ts';
import type { CloseKind, CloseWords, Named, Outcome } from './close-kinds.ts';

const nothing = { user: null, reason: null, cost: null, message: null, begunAs: null };

/** That somebody was told what a close would cost: its location, or the number of them where it is not one. */
export function planEvent<C extends Named>(kind: CloseKind<C>, closes: readonly C[], actor: Actor): AuditEvent {
  const [first] = closes;
  const one = closes.length === 1 && first !== undefined ? first : null;
  return {
    ...nothing,
    operation: kind.planOperation,
    actor,
    target: one === null ? `${closes.length}` : kind.nameOf(one),
    user: one === null ? null : kind.userOf(one),
    cost: kind.sumOf(closes.filter(isClosable)),
    outcome: 'done',
  };
}

/** What the record has of a close that is carried out. */
export interface CloseRecord<O> {
  /** Has one more outcome recorded, without waiting for it. */
  take(outcome: O): void;
  /** Waits until all outcomes are recorded, and those that nobody told, with the reason for it. */
  end(why: string): Promise<void>;
}

/** @throws AccessError AUDIT_UNWRITABLE */
export async function beginRecord<C extends Named>(
  kind: CloseKind<C>,
  log: AuditLog,
  actor: Actor,
  closes: readonly C[],
  words: CloseWords,
): Promise<CloseRecord<Outcome<C>>> {
  const eventOf = (close: C): AuditEvent => ({
    ...nothing,
    operation: kind.closeOperation,
    actor,
    target: kind.nameOf(close),
    user: kind.userOf(close),
    reason: words.reason ?? null,
    outcome: 'begun',
  });
  const closable = closes.filter(isClosable);
  const receipts = await log.append(
    closable.map((close) => ({ ...eventOf(close), cost: kind.costOf(close), message: kind.describe(close, words) })),
  );
  const seqs = new Map(closable.map((close, i) => [close, receipts[i]!.seq]));
  const awaited = new Map(closes.filter(isRecorded).map((close) => [kind.nameOf(close), close]));
  const written: Promise<unknown>[] = [];
  const add = (location: string, outcome: string, message: string) => {
    const close = awaited.get(location);
    if (close === undefined) return;
    awaited.delete(location);
    const event = { ...eventOf(close), outcome, message, begunAs: seqs.get(close) ?? null };
    // What was sent can't be undone: that this can't be recorded must not keep it from being told.
    written.push(log.append([event]).catch(() => undefined));
  };
  return {
    take: (outcome) => add(kind.nameOf(outcome), outcome.result, outcome.message),
    end: async (why) => {
      for (const location of [...awaited.keys()]) add(location, 'failed', `not known: ${why}`);
      await Promise.all(written);
    },
  };
}

function isClosable({ notClosable }: Named): boolean {
  return notClosable === null;
}

/** What is not there, or not of a server here, is nobody's. */
function isRecorded({ notClosable }: Named): boolean {
  return notClosable !== 'gone' && notClosable !== 'not_served';
}
