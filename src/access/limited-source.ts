import type { Full, Limits, SessionSource } from '../sessions/index.ts';
import { boundsOf } from './limits.ts';

/** Views of a list by the limits: many requests share one list. */
const views = new WeakMap<Full, Map<string, Full>>();

/**
 * Of a source, what limits leave: the sessions that touch what is allowed, with nothing else of them, and the parts of
 * servers that are. Sessions of which nothing was taken stay the same objects.
 */
export function limitSource(source: SessionSource, limits: Limits): SessionSource {
  const name = JSON.stringify(limits);
  const bounds = boundsOf(limits);
  const limit = ({ kind, parts, sessions }: Full): Full => ({
    kind,
    parts: parts.filter(({ instance }) => bounds.allowsInstance(instance)),
    sessions: sessions.map(bounds.view).filter((session) => session !== null),
  });
  return {
    async refresh() {
      const full = await source.refresh();
      const known = views.get(full) ?? new Map<string, Full>();
      views.set(full, known);
      const view = known.get(name) ?? limit(full);
      known.set(name, view);
      return view;
    },
  };
}
