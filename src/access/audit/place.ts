import { statSync } from 'node:fs';

/**
 * Remembers which files an open database is: what is written into one that was removed or replaced is lost, and nobody
 * would notice.
 *
 * @returns throws where another process would no longer open the same ones
 */
export function watchPlace(path: string): () => void {
  // Others have to find what is not yet in the database itself, and wait at the same lock.
  const held = ['', '-wal', '-shm'].map((suffix) => [`${path}${suffix}`, idOf(`${path}${suffix}`)] as const);
  return () => {
    for (const [file, id] of held)
      if (id === undefined || idOf(file) !== id) {
        throw new Error(`${file} was removed or replaced while it was open; put it back, or restart smbwho`);
      }
  };
}

/** An open file keeps its number for itself, and be it without a name. */
function idOf(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}
