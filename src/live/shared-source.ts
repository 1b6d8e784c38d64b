import type { Full, SessionSource } from '../sessions/index.ts';

/** Lets all who ask at one moment share one refresh. Nobody gets an answer that began before they asked. */
export function shareRefreshes(source: SessionSource): SessionSource {
  let waiting: Promise<Full> | undefined;
  return {
    refresh() {
      waiting ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        waiting = undefined;
        return source.refresh();
      });
      return waiting;
    },
  };
}
