import type { Command } from 'commander';
import { type Location, parseLocation } from '../../sessions/index.ts';
import { addCloseOptions, requireAnswer } from '../close-options.ts';
import { closeSessions, type SessionCloseChoices } from '../close-sessions.ts';
import type { CliContext, SourceOptions } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { option } from '../option.ts';
import { addSourceOptions, withSessions } from '../read-sessions.ts';
import { addChoiceOptions, type ChoiceOptions, chooseSessions, hasChoice } from '../session-choice.ts';
import { visible } from '../visible.ts';

type CloseCommandOptions = SourceOptions & ChoiceOptions & SessionCloseChoices;

const examples = `
Examples:
  smbwho close 1.1261944982.134400300502777410             that session, and no other on its connection
  smbwho close --identity alice --idle-over 8h             what alice has left open
  smbwho close --share projects --dry-run                  what that would end, and what it would cost; ends nothing
  smbwho close --from 192.0.2.77 --yes --reason 'moved'    without a question, for scripts

Closing does not ban: most clients log in again by themselves as soon as they have work. Durable handles outlive their
session, to be reclaimed by the next; --files-first ends them too. More than 100 sessions, or sessions with files that are or
may be open for writing, are closed once their number has been typed, or with --yes. Each close is recorded before it is
sent, see smbwho audit; what can't be recorded is not closed.
Exit codes: 0 all closed or gone, 3 nothing named is there, 4 denied, 5 some are not closed.
`;

export function addClose(program: Command, context: CliContext): void {
  const command = program
    .command('close')
    .description('end sessions: those named, or those that filters choose')
    .argument('[location...]', 'the sessions, as list names them');
  addCloseOptions(addChoiceOptions(command))
    .option('--files-first', "close a session's files before it, so that durable handles end too")
    .addHelpText('after', examples);
  addSourceOptions(command, context).addOption(option('stateDir', context.config));
  command.action((texts: string[], options: CloseCommandOptions) => {
    if (texts.length > 0 === hasChoice(options)) {
      command.error(
        'error: name sessions by their locations, or else give a filter: --identity, --share, --from, --idle-over',
      );
    }
    requireAnswer(command, options, context);
    return texts.length > 0 ? closeNamed(texts, options, context) : closeChosen(options, context);
  });
}

async function closeNamed(texts: readonly string[], options: CloseCommandOptions, context: CliContext): Promise<void> {
  const locations = new Map<string, Location>();
  for (const text of texts) {
    const location = parseLocation(text);
    if (location === null) {
      context.stderr(`smbwho: NOT_FOUND: "${visible(text)}" is no location; list shows them. Nothing was closed\n`);
      return context.exit(exitCodes.notFound);
    }
    locations.set(text, location);
  }
  using open = await context.openSource(options);
  context.exit(await closeSessions([...locations.values()], open.closer, options, context));
}

function closeChosen(options: CloseCommandOptions, context: CliContext): Promise<void> {
  return withSessions(context, options, async (full, open) => {
    const chosen = await chooseSessions(full, options, open);
    if (chosen.length > 0) {
      const locations = chosen.map(({ location }) => location);
      return closeSessions(locations, open.closer, options, context);
    }
    context.stderr('smbwho: no session is like that; nothing was closed\n');
    return exitCodes.ok;
  });
}
