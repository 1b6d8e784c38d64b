import { type CloseOutcome, type CloseResult, formatLocation, type PlannedClose } from '../sessions/index.ts';
import type { Closing } from './close-planned.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
import { visible } from './visible.ts';

export const resultWords: Readonly<Record<CloseResult, string>> = {
  closed: 'closed',
  closing: 'still closing',
  gone: 'already gone',
  unresponsive: 'not responding',
  denied: 'denied',
  refused: 'refused',
  failed: 'failed',
};

/** What became of a session, in a line: `closed  1.1261944982.134400300502777410  alice from 192.0.2.77, in 3 ms`. */
export function formatOutcome(outcome: CloseOutcome, planned: PlannedClose | undefined): string {
  const { location, result, message, tookMs, filesClosed, cameBackAs } = outcome;
  const session = planned?.session ?? null;
  const facts = [
    ...(session === null
      ? []
      : [`${session.user.name ?? session.user.sid ?? '?'} from ${session.channels[0].client.address}`]),
    ...(tookMs === null ? [] : [`in ${Math.ceil(tookMs)} ms`]),
    ...(filesClosed === 0 ? [] : [`${filesClosed} files closed first`]),
    ...(message === '' || result === 'gone' ? [] : [message]),
    ...(cameBackAs === null ? [] : [`came back as ${formatLocation(cameBackAs)}`]),
  ];
  return `${resultWords[result].padEnd(15)} ${formatLocation(location)}  ${visible(facts.join(', '))}`.trimEnd();
}

/** What a plan alone says: that none of what was named is there, or can be looked at. */
export function exitCodeOfPlan({ closes, problems }: Closing<never>['plan']): ExitCode {
  const isAll = (...reasons: readonly (string | null)[]) =>
    closes.length > 0 && closes.every(({ notClosable }) => reasons.includes(notClosable));
  if (isAll('gone', 'not_served')) return exitCodes.notFound;
  return isAll('unreadable') ? exitCodeOf(problems[0]?.code) : exitCodes.ok;
}

/** A session that has gone by itself is as good as one that was closed. */
export function exitCodeOfResults(results: ReadonlySet<CloseResult>): ExitCode {
  if (results.has('denied')) return exitCodes.denied;
  return [...results].every((result) => result === 'closed' || result === 'gone') ? exitCodes.ok : exitCodes.partial;
}
