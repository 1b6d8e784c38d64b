import {
  type Actor,
  type AuditCost,
  type AuditEvent,
  type AuditLog,
  type CloseOptions,
  type CloseOutcome,
  type ClosePlan,
  formatLocation,
  type PlannedClose,
} from '../../sessions/index.ts';

const nothing = { user: null, reason: null, cost: null, message: null, begunAs: null };

/** That somebody was told what a close would cost: its location, or the number of them where it is not one. */
export function planEvent({ closes }: ClosePlan, actor: Actor): AuditEvent {
  const [first] = closes;
  const one = closes.length === 1 && first !== undefined ? eventOf(first, actor, undefined) : null;
  const target = one?.target ?? `${closes.length}`;
  const cost = sumOf(closes.filter(isClosable));
  return { ...nothing, operation: 'smb_plan_close', actor, target, user: one?.user ?? null, cost, outcome: 'done' };
}

/** What the record has of a close that is carried out. */
export interface CloseRecord {
  /** Has one more outcome recorded, without waiting for it. */
  take(outcome: CloseOutcome): void;
  /** Waits until all outcomes are recorded, and those that nobody told, with the reason for it. */
  end(why: string): Promise<void>;
}

/** @throws AccessError AUDIT_UNWRITABLE */
export async function beginRecord(
  log: AuditLog,
  actor: Actor,
  { closes }: ClosePlan,
  { filesFirst, reason }: CloseOptions,
): Promise<CloseRecord> {
  const closable = closes.filter(isClosable);
  const message = filesFirst ? 'its files first' : null;
  const receipts = await log.append(
    closable.map((close) => ({ ...eventOf(close, actor, reason), cost: costOf(close), message })),
  );
  const seqs = new Map(closable.map((close, i) => [close, receipts[i]!.seq]));
  const awaited = new Map(closes.filter(isRecorded).map((close) => [formatLocation(close.location), close]));
  const written: Promise<unknown>[] = [];
  const add = (location: string, outcome: string, message: string) => {
    const close = awaited.get(location);
    if (close === undefined) return;
    awaited.delete(location);
    const event = { ...eventOf(close, actor, reason), outcome, message, begunAs: seqs.get(close) ?? null };
    // What was sent can't be undone: that this can't be recorded must not keep it from being told.
    written.push(log.append([event]).catch(() => undefined));
  };
  return {
    take: ({ location, result, message }) => add(formatLocation(location), result, message),
    end: async (why) => {
      for (const location of [...awaited.keys()]) add(location, 'failed', `not known: ${why}`);
      await Promise.all(written);
    },
  };
}

function eventOf({ location, session }: PlannedClose, actor: Actor, reason: string | undefined): AuditEvent {
  const user = session?.user.name ?? session?.user.sid ?? null;
  const [operation, target] = ['smb_close_session' as const, formatLocation(location)];
  return { ...nothing, operation, actor, target, user, reason: reason ?? null, outcome: 'begun' };
}

function isClosable({ notClosable }: PlannedClose): boolean {
  return notClosable === null;
}

/** What is not there, or not of a server here, is nobody's session. */
function isRecorded({ notClosable }: PlannedClose): boolean {
  return notClosable !== 'gone' && notClosable !== 'not_served';
}

function costOf({ numOpens, numOpensForWriting, numNeighbours }: PlannedClose): AuditCost {
  return { opens: numOpens, opensForWriting: numOpensForWriting, neighbours: numNeighbours };
}

function sumOf(closes: readonly PlannedClose[]): AuditCost {
  const costs = closes.map(costOf);
  const sum = (numberOf: (cost: AuditCost) => number) => costs.reduce((total, cost) => total + numberOf(cost), 0);
  const isKnown = costs.every(({ opensForWriting }) => opensForWriting !== null);
  return {
    sessions: costs.length,
    opens: sum(({ opens }) => opens),
    opensForWriting: isKnown ? sum(({ opensForWriting }) => opensForWriting!) : null,
    neighbours: sum(({ neighbours }) => neighbours),
  };
}
