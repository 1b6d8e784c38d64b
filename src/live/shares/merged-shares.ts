import type { ShareList, ShareSource } from '../../sessions/index.ts';

/** Several sources as one: their parts side by side. One that is broken does not hide the others. */
export function mergeShares(sources: readonly ShareSource[]): ShareSource {
  if (sources.length === 1) return sources[0]!;
  return {
    async shares(): Promise<ShareList> {
      const all = await Promise.all(sources.map((source) => source.shares()));
      return { parts: all.flatMap(({ parts }) => parts), shares: all.flatMap(({ shares }) => shares) };
    },
  };
}
