import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sources of nsswitch.conf(5) that add no account of the server's own: winbind's are those of a directory. */
const plainSources = new Set(['files', 'compat', 'systemd', 'winbind']);

export interface UnixUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface UnixGroup {
  readonly name: string;
  readonly gid: number;
}

/** The accounts in a server's passwd and group files. */
export interface UnixAccounts {
  readonly users: readonly UnixUser[];
  readonly groups: readonly UnixGroup[];
  /** False where its name service has other sources than these files, which only a look-up could ask. */
  readonly isComplete: boolean;
}

/**
 * Reads the files; one that can't be read is taken for empty.
 *
 * @param root what the server sees as `/`
 */
export function readUnixAccounts(root: string): UnixAccounts {
  const rows = (path: string) => parseRows(readText(join(root, path)));
  return {
    users: rows('/etc/passwd').map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) })),
    groups: rows('/etc/group').map(([name = '', , gid]) => ({ name, gid: Number(gid) })),
    isComplete: !hasOtherSources(readText(join(root, '/etc/nsswitch.conf'))),
  };
}

/** Rows of fields, each with a number in the third. Lines of other forms, as `+@netgroup`, are none. */
function parseRows(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([name, , id]) => name !== '' && /^\d{1,10}$/.test(id ?? ''));
}

function hasOtherSources(nsswitch: string): boolean {
  const sources = /^passwd:(.*)$/m.exec(nsswitch)?.[1] ?? '';
  const words = sources.replace(/#.*|\[[^\]]*\]/g, ' ').split(/\s+/);
  return words.some((word) => word !== '' && !plainSources.has(word));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
