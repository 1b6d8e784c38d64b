/** A moment: whole microseconds since 1970-01-01 UTC. Exact until the year 2255. */
export type Instant = number;

/** The last of them. */
export const lastInstant: Instant = Number.MAX_SAFE_INTEGER;

/** What the system's clock may be off from ours, which has microseconds, before ours is set by it. */
const longestDeviationMs = 1000;

let originMs = performance.timeOrigin;

/** The system's time. That is set now and then: the moments from before are of another clock then, see `clockOrigin`. */
export function now(): Instant {
  const performanceMs = performance.now();
  const systemOriginMs = Date.now() - performanceMs;
  if (Math.abs(systemOriginMs - originMs) > longestDeviationMs) originMs = systemOriginMs;
  return instantOf(performanceMs);
}

/** A moment by the clock of `performance`. */
export function instantOf(performanceMs: number): Instant {
  return Math.round((originMs + performanceMs) * 1000);
}

/** When the clock of `performance` began, by the system's clock. Where it becomes later, so do all moments before. */
export function clockOrigin(): Instant {
  return instantOf(0);
}

/** ISO 8601 in UTC with microseconds: `2026-11-24T21:17:34.123456Z`. */
export function toIso(instant: Instant): string {
  const millis = Math.floor(instant / 1000);
  return `${new Date(millis).toISOString().slice(0, -1)}${String(instant - millis * 1000).padStart(3, '0')}Z`;
}

/** The moment that `toIso` wrote. */
export function fromIso(text: string): Instant {
  return Date.parse(`${text.slice(0, 19)}Z`) * 1000 + Number(text.slice(20, 26));
}

/** From one moment to another in microseconds, never negative: clocks are set back now and then. */
export function elapsedMicros(from: Instant, to: Instant): number {
  return Math.max(0, to - from);
}
