import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { comparable, parseStatements, type Statement } from './statements.ts';

/** Sections in lower case, and their parameters in Samba's comparable form: lower case, without blanks. */
export type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What an smb.conf says, and the files that it was read from, to see when it says something else. */
export interface SmbConf {
  readonly sections: Sections;
  readonly files: readonly FileStamp[];
}

/** The same in the order of the lines, which matters for shares. */
export interface SmbConfLines {
  readonly statements: readonly Statement[];
  readonly files: readonly FileStamp[];
}

/** A file and what it looked like from outside when it was read. */
export interface FileStamp {
  readonly path: string;
  readonly stamp: string;
}

const maxIncludeDepth = 8;
/** Files in all: eight levels could name each other without end. */
const maxFiles = 1000;
const maxFileBytes = 16 * 1024 * 1024;

/**
 * Reads an smb.conf and the files it includes by a plain path. Includes of the registry, and those with `%` macros, which
 * are per client, are not read: they stay in their section as the parameter `include`.
 *
 * @param root what the server sees as `/`, for a server in a root folder of its own
 * @throws the system's error where the file itself can't be read; a missing include is passed over, as Samba does
 */
export function readSmbConf(path: string, root = ''): SmbConf {
  const { statements, files } = readSmbConfLines(path, root);
  const sections = new Map<string, Map<string, string>>();
  let section = 'global';
  for (const statement of statements) {
    if (statement.section !== undefined) {
      section = statement.section.toLowerCase();
    } else {
      const parameters = sections.get(section) ?? new Map<string, string>();
      sections.set(section, parameters.set(statement.name, statement.value));
    }
  }
  return { sections, files };
}

/**
 * The lines of an smb.conf, those of included files in their place. An `include` that is still there was not followed: of
 * the registry, with a `%` macro, of a file that can't be read, or beyond the limits of depth and number.
 *
 * @param root as for `readSmbConf`
 * @throws the system's error where the file itself can't be read
 */
export function readSmbConfLines(path: string, root = ''): SmbConfLines {
  const statements: Statement[] = [];
  const files: FileStamp[] = [];
  const read = (file: string): string => {
    files.push({ path: file, stamp: stampOf(file) });
    if (statSync(file).size > maxFileBytes) throw new Error(`a configuration of more than ${maxFileBytes} bytes`);
    return readFileSync(file, 'utf8');
  };
  const include = (value: string, folder: string, depth: number): boolean => {
    if (!isPlainInclude(value)) return false;
    const file = isAbsolute(value) ? join(root, value) : join(folder, value);
    if (depth >= maxIncludeDepth || files.length >= maxFiles) return false;
    let text: string;
    try {
      // To Samba, what is no file is not there.
      text = statSync(file, { throwIfNoEntry: false })?.isFile() === false ? '' : read(file);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT';
    }
    take(text, dirname(file), depth + 1);
    return true;
  };
  const take = (text: string, folder: string, depth: number): void => {
    for (const statement of parseStatements(text)) {
      const isFollowed =
        statement.section === undefined && statement.name === 'include' && include(statement.value, folder, depth);
      if (!isFollowed) statements.push(statement);
    }
  };
  take(read(path), dirname(path), 0);
  return { statements, files };
}

/** Whether an include names a file that is the same for every client. */
export function isPlainInclude(value: string): boolean {
  return !value.includes('%') && value.toLowerCase() !== 'registry';
}

/** Whether one of the files has changed since, come or gone. */
export function isOutdated(files: readonly FileStamp[]): boolean {
  return files.some(({ path, stamp }) => stampOf(path) !== stamp);
}

function stampOf(path: string): string {
  try {
    const stat = statSync(path);
    return `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeMs}`;
  } catch {
    return 'absent';
  }
}

/** The value of a [global] parameter under any of its names, as smb.conf(5) writes them. */
export function globalParameter({ sections }: SmbConf, ...names: readonly string[]): string | undefined {
  const global = sections.get('global');
  for (const name of names) {
    const value = global?.get(comparable(name));
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** Samba's booleans; anything else is the default. */
export function isYes(value: string | undefined): boolean {
  return value !== undefined && /^(yes|true|on|1)$/i.test(value);
}
