/** A moment: nanoseconds since 1970-01-01 UTC. Samba's own times have a resolution of 100 ns. */
export type Instant = bigint;

const unixEpochAsNttime = 116_444_736_000_000_000n;
/** NTTIME of `0x8000000000000000` and of the largest positive number: never. */
const never = new Set([0n, 0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn, 0xffff_ffff_ffff_ffffn]);

/** An NTTIME (100 ns since 1601), null for its ways to say never or not yet. */
export function fromNttime(nttime: bigint): Instant | null {
  return never.has(nttime) ? null : (nttime - unixEpochAsNttime) * 100n;
}

export function now(): Instant {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
}

/** ISO 8601 in UTC with microseconds: `2026-11-24T21:17:34.123456Z`. */
export function toIso(instant: Instant): string {
  const seconds = instant / 1_000_000_000n;
  const micros = (instant % 1_000_000_000n) / 1000n;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
}

/** From one moment to another in nanoseconds, never negative: clocks are set back now and then. */
export function elapsed(from: Instant, to: Instant): bigint {
  return to > from ? to - from : 0n;
}
