import type { Command } from 'commander';
import { now, toSessionJson } from '../../sessions/index.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit-codes.ts';
import { option } from '../option.ts';
import type { CliContext } from '../program.ts';
import { formatSessions } from '../session-table.ts';
import { visible } from '../visible.ts';

export function addList(program: Command, context: CliContext): void {
  program
    .command('list')
    .description('list the live sessions of the Samba on this machine')
    .addOption(option('smbConf', context.config))
    .option('--json', 'an array of sessions with all that is known of them')
    .action(async ({ smbConf, json }: { smbConf?: string; json?: boolean }) => {
      context.exit(await list(context, smbConf, json === true));
    });
}

async function list(context: CliContext, smbConf: string | undefined, json: boolean): Promise<ExitCode> {
  using source = context.openSource(smbConf);
  const { parts, sessions } = await source.refresh();
  const problems = parts.flatMap((part) => part.problems);
  for (const { code, message } of problems) context.stderr(`smbwho: ${code}: ${visible(message)}\n`);
  if (parts.every(({ takenAt }) => takenAt === null)) return exitCodeOf(problems[0]?.code);
  context.stdout(json ? `${JSON.stringify(sessions.map(toSessionJson), null, 2)}\n` : formatSessions(sessions, now()));
  return parts.every(({ verdict }) => verdict === 'complete') ? exitCodes.ok : exitCodes.partial;
}
