import {
  type ClosePlan,
  type CloseResult,
  type Closer,
  describeWriting,
  formatLocation,
  type Location,
  now,
  toCloseOutcomeJson,
  toConfirm,
  toPlannedCloseJson,
} from '../sessions/index.ts';
import { exitCodeOfPlan, exitCodeOfResults, formatOutcome } from './close-outcome.ts';
import { formatPlan } from './close-plan-table.ts';
import type { CliContext } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { visible } from './visible.ts';

export interface CloseChoices {
  /** Shows the plan, and that is all. */
  readonly dryRun?: boolean;
  /** Closes what the plan has without a question. */
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly filesFirst?: boolean;
  readonly reason?: string;
}

/** So long a client takes to come back that does so by itself, mostly. */
const watchMs = 2000;

/** Shows what a close costs and asks, unless it is told not to; then closes, and tells what became of each session. */
export async function closeSessions(
  locations: readonly Location[],
  closer: Closer,
  choices: CloseChoices,
  context: CliContext,
): Promise<ExitCode> {
  const plan = await closer.plan(locations);
  for (const { code, message } of plan.problems) context.stderr(`smbwho: ${visible(code)}: ${visible(message)}\n`);
  const found = exitCodeOfPlan(plan);
  if (choices.dryRun) {
    context.stdout(choices.json ? plan.closes.map(toPlannedCloseJson).map(toLine).join('') : show(plan, context));
    return found;
  }
  if (!(await isWanted(plan, choices, context))) {
    context.stderr('smbwho: nothing was closed\n');
    return exitCodes.failure;
  }
  const result = await carryOut(plan, closer, choices, context);
  return found === exitCodes.ok ? result : found;
}

async function isWanted(plan: ClosePlan, { yes }: CloseChoices, context: CliContext): Promise<boolean> {
  const { ask, stderr, width } = context;
  const count = plan.closes.filter(({ notClosable }) => notClosable === null).length;
  if (yes || count === 0) return true;
  stderr(show(plan, { width, colour: false }));
  const what = `Close ${count} session${count === 1 ? '' : 's'}`;
  const number = toConfirm(plan);
  const question =
    number === null
      ? `${what}? [y/N] `
      : `${[what, describeWriting(plan)].filter((text) => text !== '').join(', ')}? Type the number ${number} to do so: `;
  const answer = ((await ask?.(question)) ?? '').trim().toLowerCase();
  return number === null ? answer === 'y' || answer === 'yes' : answer === String(number);
}

function show(plan: ClosePlan, { width, colour }: Pick<CliContext, 'width' | 'colour'>): string {
  return formatPlan(plan, { at: now(), width, colour });
}

async function carryOut(plan: ClosePlan, closer: Closer, choices: CloseChoices, { stdout }: CliContext) {
  const planned = new Map(plan.closes.map((close) => [formatLocation(close.location), close]));
  const results = new Set<CloseResult>();
  const { filesFirst = false, reason } = choices;
  const options = { filesFirst, watchMs, ...(reason === undefined ? {} : { reason }) };
  for await (const outcome of closer.close(plan, options)) {
    results.add(outcome.result);
    const line = () => `${formatOutcome(outcome, planned.get(formatLocation(outcome.location)))}\n`;
    stdout(choices.json ? toLine(toCloseOutcomeJson(outcome)) : line());
  }
  return exitCodeOfResults(results);
}

function toLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
