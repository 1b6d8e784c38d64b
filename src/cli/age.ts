const units = [
  ['d', 86_400n],
  ['h', 3600n],
  ['m', 60n],
  ['s', 1n],
] as const;

/** A duration in its two largest units: `42s`, `3m05s`, `2h10m`, `5d3h`. */
export function formatAge(nanoseconds: bigint): string {
  const seconds = nanoseconds / 1_000_000_000n;
  const largest = units.findIndex(([, length]) => seconds >= length);
  if (largest < 0) return '0s';
  const [name, length] = units[largest]!;
  const next = units[largest + 1];
  if (next === undefined) return `${seconds}s`;
  const rest = String((seconds % length) / next[1]).padStart(largest === 0 ? 1 : 2, '0');
  return `${seconds / length}${name}${rest}${next[0]}`;
}
