import { Command, CommanderError } from 'commander';
import { addAccount } from './commands/account.ts';
import { addAudit } from './commands/audit.ts';
import { addClose } from './commands/close.ts';
import { addDoctor } from './commands/doctor.ts';
import { addFiles } from './commands/files.ts';
import { addInspect } from './commands/inspect.ts';
import { addList } from './commands/list.ts';
import { addServe } from './commands/serve.ts';
import { addShow } from './commands/show.ts';
import { addToken } from './commands/token.ts';
import type { CliContext } from './context.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { visible } from './visible.ts';

const commands = [
  addList,
  addShow,
  addClose,
  addFiles,
  addServe,
  addDoctor,
  addInspect,
  addToken,
  addAccount,
  addAudit,
];

/** Runs one command line. Every failure ends in one line on stderr and an exit code. */
export async function runCommand(words: readonly string[], context: CliContext): Promise<void> {
  const program = new Command('smbwho')
    .description('who is on this Samba server')
    .version(context.version)
    .showSuggestionAfterError()
    // An option is that of the command before it: a command must not take what is meant for its subcommand.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: context.stdout, writeErr: context.stderr });
  for (const add of commands) add(program, context);
  inheritSettings(program);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      context.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage);
      return;
    }
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    context.stderr(`smbwho: ${code}: ${visible(message)}\n`);
    context.exit(exitCodeOf(code));
  }
}

function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}
