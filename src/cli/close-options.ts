import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CloseChoices } from './close-planned.ts';
import type { CliContext } from './context.ts';

const maxReasonLength = 500;

/** Adds the options that say how to close. */
export function addCloseOptions(command: Command): Command {
  return command
    .option('--dry-run', 'show what would end, and what it would cost, and end nothing')
    .option('--yes', 'ask nothing')
    .addOption(new Option('--reason <text>', 'why, for the record').argParser(readReason))
    .option('--json', 'what became of each, or with --dry-run the plan, as JSON, a line each');
}

/** A question that nobody can answer is a usage error. */
export function requireAnswer(command: Command, { yes, dryRun }: CloseChoices, { ask }: CliContext): void {
  if (ask !== null || yes || dryRun) return;
  command.error('error: there is no terminal to ask on; give --yes, or --dry-run to see what would end');
}

function readReason(text: string): string {
  if (text.length > maxReasonLength) throw new InvalidArgumentError(`it may have ${maxReasonLength} characters.`);
  return text;
}
