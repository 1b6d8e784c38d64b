import type { Limits, ShareSource } from '../sessions/index.ts';
import { boundsOf } from './limits.ts';

/** Of a source, what limits leave: the shares and servers that are allowed. From where they are used is no matter. */
export function limitShares(source: ShareSource, limits: Limits): ShareSource {
  const { allowsInstance, allowsShare } = boundsOf(limits);
  return {
    async shares() {
      const { parts, shares } = await source.shares();
      return {
        parts: parts.filter(({ instance }) => allowsInstance(instance)),
        shares: shares.filter(({ instance, name }) => allowsInstance(instance) && allowsShare(name)),
      };
    },
  };
}
