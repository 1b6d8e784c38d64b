import { Argument, type Command, Option } from 'commander';
import { type FileFilter, now, type OpenFile, toOpenFileJson } from '../../sessions/index.ts';
import type { CliContext, SourceOptions } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { addFileChoiceOptions, chooseFiles, type FileChoiceOptions, readPath } from '../file-choice.ts';
import { formatFileCsv } from '../file-csv.ts';
import { formatFiles } from '../file-table.ts';
import { addSourceOptions, withFiles } from '../read-sessions.ts';
import { addFilesClose } from './files-close.ts';

interface FilesOptions extends SourceOptions, FileChoiceOptions {
  readonly json?: boolean;
  readonly jsonl?: boolean;
  readonly output?: 'wide' | 'csv';
  readonly headers: boolean;
}

const examples = `
Examples:
  smbwho files                           what is open
  smbwho files /srv/projects/plan.xlsx   who has this file open
  smbwho files /srv/projects             … or anything below this folder
  smbwho files 'reports/*.docx'          … or a Word file in reports of any share
  smbwho files '**/plan.xlsx'            … or a file of this name anywhere in a share
  smbwho files --share projects --writing
  smbwho files --identity alice --json   with all that is known
  smbwho files -o wide                   all columns; the last one, LOCATION, is what files close takes

A PATH that begins with a slash is the server's; another one is of the share. It means itself and all below, or, with ?, *
(part of a name) and ** (any folders), what it matches as a whole.
ACCESS: R data is read, W written, D the file may be deleted or renamed. OPENED: how long ago. Where USER is a uid, the records
don't say which session has the file open; FROM is "gone" for a durable handle whose client may come back.
`;

export function addFiles(program: Command, context: CliContext): void {
  const command = addFileChoiceOptions(program.command('files').description('list the open files: who has what open'))
    .enablePositionalOptions()
    .addArgument(new Argument('[path]', 'only this path and all below, or a pattern').argParser(readPath))
    .addOption(new Option('--json', 'an array of files, with all that is known').conflicts(['jsonl', 'output']))
    .addOption(new Option('--jsonl', 'the same, a line for each file').conflicts(['output']))
    .addOption(new Option('-o, --output <form>', 'a table with more columns, or CSV').choices(['wide', 'csv']))
    .option('--no-headers', 'leave the titles of the columns away')
    .addHelpText('after', examples);
  addSourceOptions(command, context).action((path: FileFilter['path'], options: FilesOptions) =>
    withFiles(context, options, async (list, open) => {
      const choice = path === undefined ? options : { ...options, path };
      const files = await open.files.resolveKinds(await chooseFiles(list, choice, open));
      context.stdout(format(files, options, context));
      return exitCodes.ok;
    }),
  );
  addFilesClose(command, context);
}

function format(files: readonly OpenFile[], options: FilesOptions, { width, colour }: CliContext): string {
  const { headers, output } = options;
  if (options.json) return `${JSON.stringify(files.map(toOpenFileJson), null, 2)}\n`;
  if (options.jsonl) return files.map((file) => `${JSON.stringify(toOpenFileJson(file))}\n`).join('');
  const at = now();
  if (output === 'csv') return formatFileCsv(files, { at, headers });
  return formatFiles(files, { at, width, colour, headers, wide: output === 'wide' });
}
