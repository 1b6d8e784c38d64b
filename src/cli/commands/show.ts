import type { Command } from 'commander';
import {
  filterFiles,
  formatLocation,
  now,
  parseLocation,
  type Session,
  toOpenFileJson,
  toSessionJson,
} from '../../sessions/index.ts';
import type { CliContext, OpenSource, SourceOptions } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { addSourceOptions, withSessions } from '../read-sessions.ts';
import { type FilesOfSession, formatDetails } from '../session-details.ts';
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
    withSessions(context, options, async ({ sessions }, open) => {
      const location = parseLocation(text);
      const session = location && sessions.find((one) => formatLocation(one.location) === text);
      if (!session) {
        const reason = location === null ? 'is no location; list shows them' : 'is no live session, or no longer';
        context.stderr(`smbwho: NOT_FOUND: "${visible(text)}" ${reason}\n`);
        return exitCodes.notFound;
      }
      const { width, colour } = context;
      const files = await filesOf(session, open);
      const asJson = () => `${JSON.stringify(toJson(session, files), null, 2)}\n`;
      context.stdout(options.json ? asJson() : formatDetails(session, { at: now(), width, colour, files }));
      return exitCodes.ok;
    }),
  );
}

/** What it has open, as far as the records tie that to it. That it can't be read is no reason to show nothing of it. */
async function filesOf({ location }: Session, { files: source }: OpenSource): Promise<FilesOfSession> {
  const { parts, files } = await source.files();
  const part = parts.find(({ instance }) => instance === location.instance) ?? parts[0];
  if (part === undefined || part.takenAt === null) return { files: null, problem: part?.problems[0] ?? null };
  return { files: await source.resolveKinds(filterFiles(files, { session: location })), problem: null };
}

function toJson(session: Session, { files }: FilesOfSession) {
  return { ...toSessionJson(session), files: files === null ? null : files.map(toOpenFileJson) };
}
