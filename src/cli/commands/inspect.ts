import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { visible } from '../visible.ts';

/** JSON is safe for a terminal but for C1 controls and marks that turn writing direction. */
const unsafe = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export function addInspect(program: Command, context: CliContext): void {
  program
    .command('inspect')
    .description("print the records of one of Samba's session files: decoded fields only, never keys or raw bytes")
    .argument('<file.tdb>', 'smbXsrv_session_global.tdb, …; of other files, lengths and hashes')
    .addHelpText('after', '\nExample:\n  smbwho inspect /run/samba/smbXsrv_session_global.tdb\n')
    .action((path: string) => {
      const { struct, layouts, records, problems } = context.inspect(path);
      const kind = struct ?? 'no file of sessions';
      const fit = layouts.length === 0 ? '' : `, layout of ${layouts.join(', ')}`;
      context.stderr(`smbwho: ${visible(path)}: ${kind}${fit}, ${records.length} records\n`);
      for (const problem of problems) context.stderr(`smbwho: ${visible(problem)}\n`);
      for (const record of records) context.stdout(`${JSON.stringify(record).replace(unsafe, escapeUnit)}\n`);
      context.exit(problems.length === 0 ? exitCodes.ok : exitCodes.partial);
    });
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
