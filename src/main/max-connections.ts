import { readFileSync } from 'node:fs';

const most = 1000;

/** How many connections strangers may hold: half of what this process may open at most, for each list opens files too. */
export function maxConnections(): number {
  const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return limit === undefined ? most : Math.min(most, Math.floor(Number(limit) / 2));
}
