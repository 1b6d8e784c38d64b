// Holds sessions until stdin closes or SIGTERM comes; then drops all:
//   node test/support/load/main.ts '{"host":"127.0.0.1","port":445,"users":[…],"sessions":1000}'
// Prints one JSON line when all are held, and one more for each line `touch <count>` on stdin.
import { createInterface } from 'node:readline';
import type { SessionSummary } from './held-session.ts';
import { type HoldOptions, holdSessions } from './load.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as HoldOptions;
const start = performance.now();
const load = await holdSessions(options);
printLine(load.sessions, start);

const input = createInterface({ input: process.stdin });
process.once('SIGTERM', () => input.close());
for await (const line of input) {
  const [word, count] = line.split(' ');
  if (word !== 'touch') continue;
  const touchStart = performance.now();
  printLine(await load.touch(Number(count)), touchStart);
}
await load.release();
process.stdin.destroy();

function printLine(sessions: readonly SessionSummary[], startMs: number): void {
  const list = sessions.map(({ id, user, localPort }) => ({ id: id.toString(), user, localPort }));
  console.log(JSON.stringify({ elapsedMs: Math.round(performance.now() - startMs), sessions: list }));
}
