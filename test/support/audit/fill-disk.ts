/**
 * Appends to a record whose disk fills up, until it has space again: `fill-disk.ts FOLDER`, a small file system of its own.
 * On stdout is what happened.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAuditLog, openAuditReader } from '../../../src/access/index.ts';
import type { AuditReceipt } from '../../../src/sessions/index.ts';
import { someEvent } from './index.ts';

const folder = process.argv[2]!;
const ballast = join(folder, 'ballast');
writeFileSync(ballast, Buffer.alloc(200_000));
const stateFolder = join(folder, 'state');
const receipts: AuditReceipt[] = [];

await using log = await openAuditLog(stateFolder, { retentionDays: null });
using reader = openAuditReader(stateFolder);
/** Three at a time: none of them alone may be written. */
const append = async () => receipts.push(...(await log.append(['a', 'b', 'c'].map((target) => someEvent({ target })))));
const refusal = async (): Promise<unknown> => {
  for (;;) await append();
};
const refused = await refusal().catch(({ code, message }) => ({ code, message }));
const [whenFull, atFull] = [reader.verify(receipts), receipts.length];
const again = await append().catch(({ code }) => code);
rmSync(ballast);
await append();
console.log(JSON.stringify({ refused, again, atFull, whenFull, after: reader.verify(receipts) }));
