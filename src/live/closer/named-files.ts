import type { PlannedFile } from '../../sessions/index.ts';
import { isForWriting, type SessionFile } from '../files/file-owners.ts';
import { locationOf, pathOf } from '../files/join-files.ts';

const maxNamed = 100;

/** The first of a session's files, for a plan: those for writing before others, each by its path. */
export function nameFiles(instance: number, files: readonly SessionFile[]): PlannedFile[] {
  const named = files.flatMap((file): PlannedFile[] => {
    const { entry, modes } = file;
    if (modes.data === null) return [];
    return [
      { path: pathOf(modes.data), forWriting: isForWriting(file), location: locationOf(instance, modes, entry, false) },
    ];
  });
  const order = (a: PlannedFile, b: PlannedFile) =>
    Number(b.forWriting) - Number(a.forWriting) || (a.path < b.path ? -1 : Number(a.path > b.path));
  return named.sort(order).slice(0, maxNamed);
}
