import {
  describeFilesWritten,
  type FileCloseOutcome,
  type FileCloser,
  type FileLocation,
  filesToConfirm,
  formatFileLocation,
  now,
  toFileCloseOutcomeJson,
  toPlannedFileCloseJson,
} from '../sessions/index.ts';
import { type CloseChoices, closePlanned } from './close-planned.ts';
import type { CliContext } from './context.ts';
import type { ExitCode } from './exit-codes.ts';
import { formatFileOutcome, formatFilePlan } from './file-plan-table.ts';

/** Plans to close open files, and does so as it is told to, see `closePlanned`. */
export async function closeFiles(
  locations: readonly FileLocation[],
  closer: FileCloser,
  choices: CloseChoices,
  context: CliContext,
): Promise<ExitCode> {
  const plan = await closer.plan(locations);
  const planned = new Map(plan.closes.map((close) => [formatFileLocation(close.location), close]));
  const { reason } = choices;
  const closing = {
    plan,
    noun: 'file',
    toConfirm: filesToConfirm(plan),
    writing: describeFilesWritten(plan),
    show: ({ width, colour }: Pick<CliContext, 'width' | 'colour'>) =>
      formatFilePlan(plan, { at: now(), width, colour }),
    planJson: () => plan.closes.map(toPlannedFileCloseJson),
    close: () => closer.close(plan, reason === undefined ? {} : { reason }),
    outcomeJson: toFileCloseOutcomeJson,
    format: (outcome: FileCloseOutcome) =>
      formatFileOutcome(outcome, planned.get(formatFileLocation(outcome.location))),
  } as const;
  return closePlanned(closing, choices, context);
}
