import { Command, CommanderError } from 'commander';
import type { ConfigValues } from '../config/index.ts';
import type { SessionSource } from '../sessions/index.ts';
import { addList } from './commands/list.ts';
import { addServe } from './commands/serve.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
import { visible } from './visible.ts';

export interface ServeOptions {
  readonly smbConf?: string;
  readonly listen: string;
  readonly tls: string;
  readonly stateDir: string;
}

/** What the commands need of the world. */
export interface CliContext {
  readonly version: string;
  readonly config: ConfigValues;
  openSource(smbConf: string | undefined): SessionSource & Disposable;
  /** Serves until the process is told to end. */
  serve(options: ServeOptions): Promise<{ url: string; tokenPath: string }>;
  stdout(text: string): void;
  stderr(text: string): void;
  exit(code: ExitCode): void;
}

/** Runs one command line. Every failure ends in one line on stderr and an exit code. */
export async function runCommand(words: readonly string[], context: CliContext): Promise<void> {
  const program = new Command('smbwho')
    .description('who is on this Samba server')
    .version(context.version)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: context.stdout, writeErr: context.stderr });
  for (const add of [addServe, addList]) add(program, context);
  for (const command of program.commands) command.copyInheritedSettings(program);
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
