import { type Command, Option } from 'commander';
import { type FileLocation, parseFileLocation } from '../../sessions/index.ts';
import { closeFiles } from '../close-files.ts';
import { addCloseOptions, requireAnswer } from '../close-options.ts';
import type { CloseChoices } from '../close-planned.ts';
import type { CliContext, SourceOptions } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { addFileChoiceOptions, chooseFiles, type FileChoiceOptions, hasFileChoice, readPath } from '../file-choice.ts';
import { option } from '../option.ts';
import { addSourceOptions, withFiles } from '../read-sessions.ts';
import { visible } from '../visible.ts';

type FilesCloseOptions = SourceOptions & FileChoiceOptions & CloseChoices;

const examples = `
Examples:
  smbwho files close LOCATION                                 that one open; others of the file stay
  smbwho files close --path /srv/projects/plan.xlsx --dry-run who has it open, and what could be closed; closes nothing
  smbwho files close --identity alice --share projects --reason 'on leave'

Its client is told nothing: what it has not yet written is lost, and its next request fails. The session goes on. More than
100 files, or files open for writing, are closed once their number has been typed, or with --yes. Each close is recorded
before it is sent, see smbwho audit; what can't be recorded is not closed.
Exit codes: 0 all closed or gone, 3 nothing named is there, 4 denied, 5 some are not closed.
`;

export function addFilesClose(files: Command, context: CliContext): void {
  const command = files
    .command('close')
    .description('close open files: those named, or those that filters choose')
    .argument('[location...]', 'the open files, as files -o wide names them')
    .addOption(new Option('--path <path>', 'only this path and all below, or a pattern').argParser(readPath));
  addCloseOptions(addFileChoiceOptions(command)).addHelpText('after', examples);
  addSourceOptions(command, context).addOption(option('stateDir', context.config));
  command.action((texts: string[], options: FilesCloseOptions) => {
    // One that stands before would choose what `files` lists, and not what is closed.
    if (files.options.some((each) => files.getOptionValueSource(each.attributeName()) === 'cli')) {
      command.error('error: options of files close stand behind it');
    }
    if (texts.length > 0 === hasFileChoice(options)) {
      const filters = '--path, --identity, --share, --session, --from, --writing';
      command.error(`error: name open files by their locations, or else give a filter: ${filters}`);
    }
    requireAnswer(command, options, context);
    return texts.length > 0 ? closeNamed(texts, options, context) : closeChosen(options, context);
  });
}

async function closeNamed(texts: readonly string[], options: FilesCloseOptions, context: CliContext): Promise<void> {
  const locations = new Map<string, FileLocation>();
  for (const text of texts) {
    const location = parseFileLocation(text);
    if (location === null) {
      const advice = 'files -o wide shows them, and --path names a file. Nothing was closed';
      context.stderr(`smbwho: NOT_FOUND: "${visible(text)}" is no location of an open file; ${advice}\n`);
      return context.exit(exitCodes.notFound);
    }
    locations.set(text, location);
  }
  using open = await context.openSource(options);
  context.exit(await closeFiles([...locations.values()], open.fileCloser, options, context));
}

function closeChosen(options: FilesCloseOptions, context: CliContext): Promise<void> {
  return withFiles(context, options, async (list, open) => {
    const chosen = await chooseFiles(list, options, open);
    if (chosen.length > 0) {
      const locations = chosen.map(({ location }) => location);
      return closeFiles(locations, open.fileCloser, options, context);
    }
    context.stderr('smbwho: no open file is like that; nothing was closed\n');
    return exitCodes.ok;
  });
}
