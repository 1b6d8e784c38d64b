const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** A duration in its two largest units, or in one: `42s`, `3m05s`, `2h10m`, `5d03h`; `5d`. What is over is cut off. */
export function formatAge(micros: number, parts: 1 | 2 = 2): string {
  const seconds = Math.floor(micros / 1_000_000);
  const largest = units.findIndex(([, length]) => seconds >= length);
  if (largest < 0) return '0s';
  const [name, length] = units[largest]!;
  const whole = `${Math.floor(seconds / length)}${name}`;
  const next = units[largest + 1];
  if (next === undefined || parts === 1) return whole;
  return `${whole}${String(Math.floor((seconds % length) / next[1])).padStart(2, '0')}${next[0]}`;
}
