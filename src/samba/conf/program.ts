import { readlinkSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { underRoot } from './running-smbd.ts';

/**
 * Finds a program of the release that a running smbd is of: beside its binary, or in the `bin` beside that one's `sbin`.
 *
 * @returns its path as the server sees it; null where it is not there
 */
export function programBeside(pid: number, name: string): string | null {
  let folder: string;
  try {
    folder = dirname(underRoot(readlinkSync(`/proc/${pid}/exe`), `/proc/${pid}`));
  } catch {
    return null;
  }
  const isThere = (path: string) => statSync(join(`/proc/${pid}/root`, path), { throwIfNoEntry: false })?.isFile();
  return [join(folder, '../bin', name), join(folder, name)].find(isThere) ?? null;
}
