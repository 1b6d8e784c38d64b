import { join } from 'node:path';
import type { OpenFile } from '../../sessions/index.ts';
import type { Looks } from './looks.ts';

/**
 * Tells directories from files. No record says it: the system is asked what stands at the path, and believed only where
 * that is the very file, by device and inode. What is not known within a second stays null.
 *
 * @param root what the server sees as `/`
 */
export async function resolveKinds(
  files: readonly OpenFile[],
  root: string,
  looks: Looks,
): Promise<readonly OpenFile[]> {
  const unknown = new Map(files.filter(({ isDirectory }) => isDirectory === null).map((file) => [keyOf(file), file]));
  const kinds = new Map<string, boolean>();
  await looks.each(unknown, async ([key, { path, location }]) => {
    const found = await looks.at(join(root, path));
    const isIt = found?.dev === location.file.device && found.ino === location.file.inode;
    if (isIt) kinds.set(key, found.isDirectory());
  });
  return files.map((file) => withKind(file, kinds.get(keyOf(file))));
}

function keyOf({ path, location }: OpenFile): string {
  return `${location.file.device} ${location.file.inode} ${path}`;
}

function withKind(file: OpenFile, isDirectory: boolean | undefined): OpenFile {
  return file.isDirectory === null && isDirectory !== undefined ? { ...file, isDirectory } : file;
}
