import type { CloseResult, Problem } from '../sessions/index.ts';
import { exitCodeOfPlan, exitCodeOfResults } from './close-outcome.ts';
import type { CliContext } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { visible } from './visible.ts';

export interface CloseChoices {
  /** Shows the plan, and that is all. */
  readonly dryRun?: boolean;
  /** Closes what the plan has without a question. */
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly reason?: string;
}

/** A plan to close something, and how it looks and is carried out. */
export interface Closing<Outcome extends { readonly result: CloseResult }> {
  readonly plan: {
    readonly closes: readonly { readonly notClosable: string | null }[];
    readonly problems: readonly Problem[];
  };
  readonly noun: 'session' | 'file';
  /** The number that has to be typed; null for a yes. */
  readonly toConfirm: number | null;
  /** How many are written to, in words; empty for none. */
  readonly writing: string;
  readonly show: (terminal: Pick<CliContext, 'width' | 'colour'>) => string;
  readonly planJson: () => readonly unknown[];
  readonly close: () => AsyncIterable<Outcome>;
  readonly outcomeJson: (outcome: Outcome) => unknown;
  /** What became of one, in a line. */
  readonly format: (outcome: Outcome) => string;
}

/** Shows what a close costs and asks, unless it is told not to; then closes, and tells what became of each. */
export async function closePlanned<Outcome extends { readonly result: CloseResult }>(
  closing: Closing<Outcome>,
  choices: CloseChoices,
  context: CliContext,
): Promise<ExitCode> {
  const { plan, show, planJson } = closing;
  for (const { code, message } of plan.problems) context.stderr(`smbwho: ${visible(code)}: ${visible(message)}\n`);
  const found = exitCodeOfPlan(plan);
  if (choices.dryRun) {
    context.stdout(choices.json ? planJson().map(toLine).join('') : show(context));
    return found;
  }
  if (!(await isWanted(closing, choices, context))) {
    context.stderr('smbwho: nothing was closed\n');
    return exitCodes.failure;
  }
  const results = new Set<CloseResult>();
  for await (const outcome of closing.close()) {
    results.add(outcome.result);
    context.stdout(choices.json ? toLine(closing.outcomeJson(outcome)) : `${closing.format(outcome)}\n`);
  }
  return found === exitCodes.ok ? exitCodeOfResults(results) : found;
}

async function isWanted(
  { plan, noun, toConfirm, writing, show }: Pick<Closing<never>, 'plan' | 'noun' | 'toConfirm' | 'writing' | 'show'>,
  { yes }: CloseChoices,
  { ask, stderr, width }: CliContext,
): Promise<boolean> {
  const count = plan.closes.filter(({ notClosable }) => notClosable === null).length;
  if (yes || count === 0) return true;
  stderr(show({ width, colour: false }));
  const what = `Close ${count} ${noun}${count === 1 ? '' : 's'}`;
  const question =
    toConfirm === null
      ? `${what}? [y/N] `
      : `${[what, writing].filter((text) => text !== '').join(', ')}? Type the number ${toConfirm} to do so: `;
  const answer = ((await ask?.(question)) ?? '').trim().toLowerCase();
  return toConfirm === null ? answer === 'y' || answer === 'yes' : answer === String(toConfirm);
}

function toLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
