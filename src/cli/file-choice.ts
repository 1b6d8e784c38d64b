import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type FileFilter,
  type FileList,
  filterFiles,
  filterFilesByIdentity,
  type Location,
  type OpenFile,
  parseIdentity,
  parseLocation,
  parsePathPattern,
  pathPatternForm,
} from '../sessions/index.ts';
import type { OpenSource } from './context.ts';
import { readNetwork } from './session-choice.ts';

export interface FileChoiceOptions extends Pick<FileFilter, 'path' | 'share' | 'session' | 'from' | 'writing'> {
  readonly identity?: string;
}

/** Adds the options that choose some of the open files. */
export function addFileChoiceOptions(command: Command): Command {
  return command
    .option('--identity <identity>', 'only files of this user: a name, a SID, uid:, auth_id:, local:, ad: …')
    .option('--share <name>', 'only files that were opened through this share')
    .addOption(
      new Option('--session <location>', 'only files of this session, as list names it').argParser(readSession),
    )
    .addOption(new Option('--from <ip|cidr>', 'only files open from this address or network').argParser(readNetwork))
    .option('--writing', 'only files open for writing');
}

export function hasFileChoice({ path, identity, share, session, from, writing }: FileChoiceOptions): boolean {
  return [path, identity, share, session, from, writing].some((choice) => choice !== undefined);
}

/** @throws IdentityError */
export async function chooseFiles(
  { files }: FileList,
  options: FileChoiceOptions,
  { directory }: OpenSource,
): Promise<readonly OpenFile[]> {
  const chosen = filterFiles(files, options);
  const { identity } = options;
  return identity === undefined ? chosen : filterFilesByIdentity(chosen, parseIdentity(identity), directory);
}

export function readPath(text: string): NonNullable<FileFilter['path']> {
  const pattern = parsePathPattern(text);
  if (pattern === null) throw new InvalidArgumentError(`it must have ${pathPatternForm}.`);
  return pattern;
}

function readSession(text: string): Location {
  const location = parseLocation(text);
  if (location === null) throw new InvalidArgumentError('it is no location; list shows them.');
  return location;
}
