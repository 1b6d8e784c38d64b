import type { Full, NameLookup, SessionSource, UserDirectory } from '../sessions/index.ts';

/** Several sources as one: their parts side by side. One that is broken does not hide the others. */
export function mergeSources(sources: readonly SessionSource[]): SessionSource {
  if (sources.length === 1) return sources[0]!;
  return {
    async refresh(): Promise<Full> {
      // Each source has an instance number of its own, in ascending order: the lists follow each other.
      const all = await Promise.all(sources.map((source) => source.refresh()));
      const parts = all.flatMap((full) => full.parts);
      return { kind: 'full', parts, sessions: all.flatMap((full) => full.sessions) };
    },
  };
}

/** Several directories as one: a name that any of them knows is known. */
export function mergeDirectories(directories: readonly UserDirectory[]): UserDirectory {
  const ask = async (look: (directory: UserDirectory) => Promise<NameLookup>): Promise<NameLookup> => {
    const answers = await Promise.all(directories.map(look));
    return (
      answers.find((answer) => answer === 'known') ?? answers.find((answer) => answer === 'unavailable') ?? 'unknown'
    );
  };
  return {
    lookUpLocal: (name) => ask((directory) => directory.lookUpLocal(name)),
    lookUpDirectory: (name) => ask((directory) => directory.lookUpDirectory(name)),
  };
}
