import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { recordServer } from '../test/support/recordings/index.ts';
import { PrivateSamba } from '../test/support/samba/index.ts';
import { demoServer, inviteVisitors } from './visitors/index.ts';

/**
 * Makes demo/recording anew, as root: the files of a private Samba with the demo's visitors, copied every few seconds
 * with all keys in them zeroed.
 */
const folder = fileURLToPath(new URL('recording', import.meta.url));
const frameCount = 12;
const stepSeconds = 5;
/** Until the first visitors have begun to leave. */
const warmUpMs = 50_000;

await using samba = await PrivateSamba.start(demoServer);
await using _visitors = await inviteVisitors(samba, { firstAfterMs: 0 });
await sleep(warmUpMs);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const recordedAt = new Date();
const frames: string[] = [];
for (let frame = 0; frame < frameCount; frame++) {
  await sleep(Math.max(0, recordedAt.getTime() + frame * stepSeconds * 1000 - Date.now()));
  const name = String(frame).padStart(3, '0');
  await recordServer(samba.lockDirectory, join(folder, name));
  frames.push(name);
  console.log(`frame ${name}`);
}

const recording = {
  comment: 'Made by demo/record.ts: session files of a real smbd with the visitors of the demo, all keys zeroed',
  release: samba.release,
  recordedAt: recordedAt.toISOString(),
  stepSeconds,
  frames,
};
writeFileSync(join(folder, 'recording.json'), `${JSON.stringify(recording, null, 2)}\n`);
