import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** `state directory` as Samba is compiled: Debian, Fedora and their kin, upstream. */
const compiled = ['/var/lib/samba', '/usr/local/samba/var/locks'];

/**
 * Where a server keeps what outlives it, its registry and the security of its shares; a path of ours.
 *
 * @param configured as its configuration has it, if it does
 * @param root what the server sees as `/`
 */
export function locateState(configured: string | undefined, root: string): string {
  if (configured !== undefined && configured !== '') return join(root, '/', configured);
  const places = compiled.map((path) => join(root, path));
  return places.find((path) => existsSync(path)) ?? places[0]!;
}
