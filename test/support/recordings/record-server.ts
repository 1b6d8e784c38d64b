import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DecodeError } from '../../../src/samba/bytes/index.ts';
import { databaseNames, scrubDatabase } from './scrub-database.ts';

/** smbd may be writing a record just then; it takes microseconds. */
const attempts = 50;
const betweenMs = 5;

/**
 * Copies what a running server's lock directory says of its sessions into a new folder: its three files, scrubbed, and
 * `msg.lock`, the list of its processes.
 */
export async function recordServer(lockDirectory: string, folder: string): Promise<void> {
  await mkdir(join(folder, 'msg.lock'), { recursive: true });
  for (const name of databaseNames) {
    const scrubbed = await retry(async () => scrubDatabase(name, await readFile(join(lockDirectory, name))));
    await writeFile(join(folder, name), scrubbed);
  }
  for (const pid of await readdir(join(lockDirectory, 'msg.lock'))) {
    // A process may have ended between the list and the look.
    const uniqueId = await readFile(join(lockDirectory, 'msg.lock', pid), 'latin1').catch(() => '');
    if (/^\d+\n?$/.test(uniqueId)) await writeFile(join(folder, 'msg.lock', pid), uniqueId);
  }
}

export async function retry<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = attempts; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof DecodeError) || left === 1) throw error;
      await sleep(betweenMs);
    }
  }
}
