import { fromIso, type Instant, type Part } from '../sessions/index.ts';

/** Where clocks are no further apart, all instants are left as the server says them. */
const toleratedMicros = 500_000;

/**
 * How far the server's clock is behind ours, as far as its answer took no time: what that took makes idle times younger,
 * never older, since they are counted to when the server answered.
 */
export function behind({ now: serverNow }: { readonly now?: string }, arrivedAt: Instant): number {
  if (serverNow === undefined) return 0;
  const byMicros = arrivedAt - fromIso(serverNow);
  if (Number.isNaN(byMicros)) throw new TypeError("the server's clock is no instant");
  return Math.abs(byMicros) > toleratedMicros ? byMicros : 0;
}

export function movePart(part: Part, byMicros: number): Part {
  return { ...part, takenAt: part.takenAt === null ? null : part.takenAt + byMicros };
}
