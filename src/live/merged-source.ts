import type { Full, Lookup, SessionSource, UserDirectory } from '../sessions/index.ts';

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

/** Several directories as one: an account that any of them knows is known. */
export function mergeDirectories(directories: readonly UserDirectory[]): UserDirectory {
  if (directories.length === 1) return directories[0]!;
  return {
    async lookUp(query): Promise<Lookup> {
      const all = await Promise.all(directories.map((directory) => directory.lookUp(query)));
      const has = (wanted: Lookup['verdict']) => all.some(({ verdict }) => verdict === wanted);
      const verdict = has('known') ? 'known' : has('unavailable') ? 'unavailable' : 'unknown';
      return { verdict, accounts: all.flatMap(({ accounts }) => accounts) };
    },
  };
}
