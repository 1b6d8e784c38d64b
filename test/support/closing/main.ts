// Holds sessions that write until stdin closes:
//   node test/support/closing/main.ts '{"host":"127.0.0.1","port":445,"users":[…],"share":"one","sessions":60,"connections":6}'
// Prints one JSON line, the sessions. For each line on stdin each writes once, and one more line has the failures by session.
import { createInterface } from 'node:readline';
import { type HoldWritersOptions, Writers } from './writers.ts';

await using writers = await Writers.hold(JSON.parse(process.argv[2]!) as HoldWritersOptions);
console.log(
  JSON.stringify(writers.all.map(({ sessionGlobalId, user, client }) => ({ sessionGlobalId, user, client }))),
);
for await (const _ of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify([...(await writers.write())]));
}
