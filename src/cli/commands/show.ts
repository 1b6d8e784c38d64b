import type { Command } from 'commander';
import { formatLocation, now, parseLocation, toSessionJson } from '../../sessions/index.ts';
import type { CliContext, SourceOptions } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { addSourceOptions, withSessions } from '../read-sessions.ts';
import { formatDetails } from '../session-details.ts';
import { visible } from '../visible.ts';

const examples = `
Examples:
  smbwho show 1.1261944982.134400300502777410
  smbwho show 1.1261944982.134400300502777410 --json
`;

export function addShow(program: Command, context: CliContext): void {
  const command = program
    .command('show')
    .description('show all that is known of one session')
    .argument('<location>', 'the session, as list names it')
    .option('--json', 'as JSON')
    .addHelpText('after', examples);
  addSourceOptions(command, context).action((text: string, options: SourceOptions & { readonly json?: boolean }) =>
    withSessions(context, options, async ({ sessions }) => {
      const location = parseLocation(text);
      const session = location && sessions.find((one) => formatLocation(one.location) === text);
      if (!session) {
        const reason = location === null ? 'is no location; list shows them' : 'is no live session, or no longer';
        context.stderr(`smbwho: NOT_FOUND: "${visible(text)}" ${reason}\n`);
        return exitCodes.notFound;
      }
      const { width, colour } = context;
      const asJson = () => `${JSON.stringify(toSessionJson(session), null, 2)}\n`;
      context.stdout(options.json ? asJson() : formatDetails(session, { at: now(), width, colour }));
      return exitCodes.ok;
    }),
  );
}
