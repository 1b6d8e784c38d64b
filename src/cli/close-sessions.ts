import {
  type CloseOutcome,
  type Closer,
  describeWriting,
  formatLocation,
  type Location,
  now,
  toCloseOutcomeJson,
  toConfirm,
  toPlannedCloseJson,
} from '../sessions/index.ts';
import { formatOutcome } from './close-outcome.ts';
import { formatPlan } from './close-plan-table.ts';
import { type CloseChoices, closePlanned } from './close-planned.ts';
import type { CliContext } from './context.ts';
import type { ExitCode } from './exit-codes.ts';

export interface SessionCloseChoices extends CloseChoices {
  readonly filesFirst?: boolean;
}

/** So long a client takes to come back that does so by itself, mostly. */
const watchMs = 2000;

/** Plans to close sessions, and does so as it is told to, see `closePlanned`. */
export async function closeSessions(
  locations: readonly Location[],
  closer: Closer,
  choices: SessionCloseChoices,
  context: CliContext,
): Promise<ExitCode> {
  const plan = await closer.plan(locations);
  const planned = new Map(plan.closes.map((close) => [formatLocation(close.location), close]));
  const { filesFirst = false, reason } = choices;
  const options = { filesFirst, watchMs, ...(reason === undefined ? {} : { reason }) };
  const closing = {
    plan,
    noun: 'session',
    toConfirm: toConfirm(plan),
    writing: describeWriting(plan),
    show: ({ width, colour }: Pick<CliContext, 'width' | 'colour'>) => formatPlan(plan, { at: now(), width, colour }),
    planJson: () => plan.closes.map(toPlannedCloseJson),
    close: () => closer.close(plan, options),
    outcomeJson: toCloseOutcomeJson,
    format: (outcome: CloseOutcome) => formatOutcome(outcome, planned.get(formatLocation(outcome.location))),
  } as const;
  return closePlanned(closing, choices, context);
}
