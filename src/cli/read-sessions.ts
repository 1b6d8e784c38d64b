import type { Command } from 'commander';
import type { FileList, Full } from '../sessions/index.ts';
import type { CliContext, OpenSource, SourceOptions } from './context.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
import { fallbackOptions, option } from './option.ts';
import { visible } from './visible.ts';

/** Adds the options that say which sessions a command is about. */
export function addSourceOptions(command: Command, { config }: CliContext): Command {
  const remote = ['server', 'tokenFile', 'ca', 'fingerprint', 'allowPlainHttp'] as const;
  for (const name of ['smbConf', ...remote, 'runDir', ...fallbackOptions] as const) {
    command.addOption(option(name, config));
  }
  return command;
}

/**
 * Reads the sessions once and hands them on. What is wrong with them goes to stderr; where there is nothing to hand on,
 * the exit code says why.
 */
export function withSessions(
  context: CliContext,
  options: SourceOptions,
  use: (full: Full, open: OpenSource) => Promise<ExitCode>,
): Promise<void> {
  return withList(context, options, ({ source }) => source.refresh(), use);
}

/** The same with the open files. */
export function withFiles(
  context: CliContext,
  options: SourceOptions,
  use: (list: FileList, open: OpenSource) => Promise<ExitCode>,
): Promise<void> {
  return withList(context, options, ({ files }) => files.files(), use);
}

async function withList<L extends Pick<FileList, 'parts'>>(
  context: CliContext,
  options: SourceOptions,
  read: (open: OpenSource) => Promise<L>,
  use: (list: L, open: OpenSource) => Promise<ExitCode>,
): Promise<void> {
  using open = await context.openSource(options);
  const list = await read(open);
  const { parts } = list;
  for (const { recording } of parts) if (recording !== null) context.stderr(`smbwho: this is ${visible(recording)}\n`);
  const problems = parts.flatMap((part) => part.problems);
  for (const { code, message } of problems) context.stderr(`smbwho: ${visible(code)}: ${visible(message)}\n`);
  if (parts.every(({ takenAt }) => takenAt === null)) return context.exit(exitCodeOf(problems[0]?.code));
  const code = await use(list, open);
  const isPartial = parts.some(({ verdict }) => verdict === 'partial');
  context.exit(code === exitCodes.ok && isPartial ? exitCodes.partial : code);
}
