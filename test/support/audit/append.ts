/**
 * Appends entries as one process of several: `append.ts STATE NAME COUNT store|worker`. Their targets are `NAME.0`,
 * `NAME.1` and so on. Each that is acknowledged has its line on stdout, with number and hash.
 */
import { writeSync } from 'node:fs';
import { openAuditLog, openAuditStore } from '../../../src/access/index.ts';
import { someEvent } from './index.ts';

const [stateFolder, name, count, way] = process.argv.slice(2) as [string, string, string, 'store' | 'worker'];
const options = { retentionDays: null };
const eventOf = (i: number) => someEvent({ target: `${name}.${i}` });
const acknowledge = (i: number, { seq, hash }: { seq: number; hash: string }) =>
  // Nothing of it may stay behind in this process: it is going to be killed.
  writeSync(1, `${name}.${i} ${seq} ${hash}\n`);

if (way === 'store') {
  using store = openAuditStore(stateFolder, options);
  for (let i = 0; i < Number(count); i++) acknowledge(i, store.append([eventOf(i)])[0]!);
} else {
  await using log = await openAuditLog(stateFolder, options);
  const lanes = Array.from({ length: 10 }, async (_, lane) => {
    for (let i = lane; i < Number(count); i += 10) acknowledge(i, (await log.append([eventOf(i)]))[0]!);
  });
  await Promise.all(lanes);
}
