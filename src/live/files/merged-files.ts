import type { FileList, FileSource, OpenFile } from '../../sessions/index.ts';

/** Several sources as one: their parts side by side. One that is broken does not hide the others. */
export function mergeFiles(sources: readonly FileSource[]): FileSource {
  if (sources.length === 1) return sources[0]!;
  return {
    async files(): Promise<FileList> {
      // Each source has an instance number of its own, in ascending order: the lists follow each other.
      const all = await Promise.all(sources.map((source) => source.files()));
      return { parts: all.flatMap(({ parts }) => parts), files: all.flatMap(({ files }) => files) };
    },
    async resolveKinds(files): Promise<readonly OpenFile[]> {
      let resolved = files;
      for (const source of sources) resolved = await source.resolveKinds(resolved);
      return resolved;
    },
  };
}
