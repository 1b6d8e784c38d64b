import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** Sections and their parameters, names in Samba's comparable form: lower case, without blanks. */
export type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What an smb.conf says, and the files that it was read from, to see when it says something else. */
export interface SmbConf {
  readonly sections: Sections;
  readonly files: readonly FileStamp[];
}

/** A file and what it looked like from outside when it was read. */
export interface FileStamp {
  readonly path: string;
  readonly stamp: string;
}

const maxIncludeDepth = 8;

/**
 * Reads an smb.conf and the files it includes by a plain path. Includes of the registry, and those with `%` macros, which
 * are per client, are not read: they stay in their section as the parameter `include`.
 *
 * @param root what the server sees as `/`, for a server in a root folder of its own
 * @throws the system's error where the file itself can't be read; a missing include is passed over, as Samba does
 */
export function readSmbConf(path: string, root = ''): SmbConf {
  const sections = new Map<string, Map<string, string>>();
  const files: FileStamp[] = [];
  let section = 'global';
  const set = (name: string, value: string) => {
    const parameters = sections.get(section) ?? new Map<string, string>();
    sections.set(section, parameters.set(name, value));
  };
  const read = (file: string): string => {
    files.push({ path: file, stamp: stampOf(file) });
    return readFileSync(file, 'utf8');
  };
  const take = (text: string, folder: string, depth: number): void => {
    for (const line of parseLines(text)) {
      if (line.section !== undefined) {
        section = line.section;
      } else if (line.name === 'include') {
        const included = isAbsolute(line.value) ? join(root, line.value) : join(folder, line.value);
        const isPlain = !line.value.includes('%') && line.value !== 'registry';
        if (!isPlain) set(line.name, line.value);
        const content = isPlain && depth < maxIncludeDepth ? orNothing(() => read(included)) : undefined;
        if (content !== undefined) take(content, dirname(included), depth + 1);
      } else {
        set(line.name, line.value);
      }
    }
  };
  take(read(path), dirname(path), 0);
  return { sections, files };
}

/** Whether one of the files has changed since, come or gone. */
export function isOutdated(files: readonly FileStamp[]): boolean {
  return files.some(({ path, stamp }) => stampOf(path) !== stamp);
}

function stampOf(path: string): string {
  const stat = orNothing(() => statSync(path));
  return stat === undefined ? 'absent' : `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}

function orNothing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

type Line =
  | { readonly section: string }
  | { readonly section?: undefined; readonly name: string; readonly value: string };

/** The lines of smb.conf(5): sections, parameters, comments; a backslash at its end continues a line, but no comment. */
export function parseLines(text: string): Line[] {
  const lines: Line[] = [];
  let held = '';
  for (const physical of text.split(/\r?\n/)) {
    const isComment = held === '' && /^\s*[#;]/.test(physical);
    if (!isComment && physical.endsWith('\\')) {
      held += `${physical.slice(0, -1)} `;
      continue;
    }
    const trimmed = isComment ? '' : (held + physical).trim();
    held = '';
    if (trimmed === '') continue;
    const section = /^\[([^\]]*)\]/.exec(trimmed)?.[1];
    if (section !== undefined) {
      lines.push({ section: section.trim().toLowerCase() });
      continue;
    }
    const equals = trimmed.indexOf('=');
    if (equals > 0) lines.push({ name: comparable(trimmed.slice(0, equals)), value: trimmed.slice(equals + 1).trim() });
  }
  return lines;
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

function comparable(name: string): string {
  return name.toLowerCase().replace(/\s+/g, '');
}
