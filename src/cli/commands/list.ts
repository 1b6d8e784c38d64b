import { type Command, Option } from 'commander';
import { now, type Session, toSessionJson } from '../../sessions/index.ts';
import type { CliContext, SourceOptions } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { addSourceOptions, withSessions } from '../read-sessions.ts';
import { addChoiceOptions, type ChoiceOptions, chooseSessions } from '../session-choice.ts';
import { formatCsv } from '../session-csv.ts';
import { formatSessions } from '../session-table.ts';

interface ListOptions extends SourceOptions, ChoiceOptions {
  readonly json?: boolean;
  readonly jsonl?: boolean;
  readonly output?: 'wide' | 'csv';
  readonly headers: boolean;
}

const examples = `
Examples:
  smbwho list                          who is connected
  smbwho list --share projects         … to this share
  smbwho list --from 192.0.2.0/24      … from this network
  smbwho list --idle-over 8h           … and has done nothing for 8 hours at least
  smbwho list --identity alice --json  one user's sessions, with all that is known
  smbwho list -o wide                  all columns; the last one, LOCATION, is what show takes
  smbwho list -o csv > sessions.csv    for a spreadsheet
  smbwho list --server https://fs1:8000 --token-file t --ca fs1.crt

IDLE is what a server that runs here (smbwho serve) has watched. Where none does, the last that came over the
connection may have been a sign of life that the client sent by itself: then it is a lower bound, as >=5s.
`;

export function addList(program: Command, context: CliContext): void {
  const command = addChoiceOptions(program.command('list').description('list the live sessions'))
    .addOption(
      new Option('--json', 'an array of sessions, with all that is known of them').conflicts(['jsonl', 'output']),
    )
    .addOption(new Option('--jsonl', 'the same, a line for each session').conflicts(['output']))
    .addOption(new Option('-o, --output <form>', 'a table with more columns, or CSV').choices(['wide', 'csv']))
    .option('--no-headers', 'leave the titles of the columns away')
    .addHelpText('after', examples);
  addSourceOptions(command, context).action((options: ListOptions) =>
    withSessions(context, options, async (full, open) => {
      context.stdout(format(await chooseSessions(full, options, open), options, context));
      return exitCodes.ok;
    }),
  );
}

function format(sessions: readonly Session[], options: ListOptions, { width, colour }: CliContext): string {
  const { headers, output } = options;
  if (options.json) return `${JSON.stringify(sessions.map(toSessionJson), null, 2)}\n`;
  if (options.jsonl) return sessions.map((session) => `${JSON.stringify(toSessionJson(session))}\n`).join('');
  const at = now();
  if (output === 'csv') return formatCsv(sessions, { at, headers });
  return formatSessions(sessions, { at, width, colour, headers, wide: output === 'wide' });
}
