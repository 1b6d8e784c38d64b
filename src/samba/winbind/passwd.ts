import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sources of nsswitch.conf(5) that add no account of the server's own: winbind's are those of a directory. */
const plainSources = new Set(['files', 'compat', 'systemd', 'winbind']);

/**
 * Whether the passwd file of a server holds an account; null where it does not and the name service has other sources
 * than files, which only a look-up could ask.
 *
 * @param root what the server sees as `/`
 */
export function isInPasswd(name: string, root: string): boolean | null {
  const names = readText(join(root, '/etc/passwd'))
    .split('\n')
    .map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
  if (names.includes(name.toLowerCase())) return true;
  return hasOtherSources(readText(join(root, '/etc/nsswitch.conf'))) ? null : false;
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
