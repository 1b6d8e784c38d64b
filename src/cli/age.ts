const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** A duration in its two largest units: `42s`, `3m05s`, `2h10m`, `5d3h`. */
export function formatAge(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const largest = units.findIndex(([, length]) => seconds >= length);
  if (largest < 0) return '0s';
  const [name, length] = units[largest]!;
  const next = units[largest + 1];
  if (next === undefined) return `${seconds}s`;
  const rest = String(Math.floor((seconds % length) / next[1])).padStart(largest === 0 ? 1 : 2, '0');
  return `${Math.floor(seconds / length)}${name}${rest}${next[0]}`;
}
