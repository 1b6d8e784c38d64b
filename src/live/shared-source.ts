import type { FileSource, SessionSource } from '../sessions/index.ts';

/** Lets all who ask at one moment share one refresh. Nobody gets an answer that began before they asked. */
export function shareRefreshes(source: SessionSource): SessionSource {
  return { refresh: share(() => source.refresh()) };
}

/** The same for lists of open files. */
export function shareFileLists(source: FileSource): FileSource {
  return { files: share(() => source.files()), resolveKinds: (files) => source.resolveKinds(files) };
}

function share<T>(read: () => Promise<T>): () => Promise<T> {
  let waiting: Promise<T> | undefined;
  return () => {
    waiting ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      waiting = undefined;
      return read();
    });
    return waiting;
  };
}
