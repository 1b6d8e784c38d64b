import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { HeldFilesOptions } from '../support/load/held-files.ts';
import type { PrivateSamba } from '../support/samba/index.ts';

/** Holds the sessions in a process of its own, so that its memory is none of the contenders'. */
export async function holdElsewhere(samba: PrivateSamba, sessions: number): Promise<ChildProcess> {
  const users = samba.users.map(({ name, password }) => ({ user: name, password }));
  const options = { host: samba.host, port: samba.port, users, sessions, shares: ['one', 'two'] };
  return start('main.ts', options);
}

/** The same of open files, each session on a connection of its own. */
export async function holdFilesElsewhere(
  samba: PrivateSamba,
  sessions: number,
  opensEach: number,
): Promise<ChildProcess> {
  const { host, port, users, shares } = samba;
  const { name: user, password } = users[0]!;
  const options: HeldFilesOptions = { host, port, user, password, share: [...shares.keys()][0]!, sessions, opensEach };
  return start('main-files.ts', options);
}

async function start(name: string, options: object): Promise<ChildProcess> {
  const program = fileURLToPath(new URL(`../support/load/${name}`, import.meta.url));
  const load = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(load.stdout, 'data');
  load.stdout.resume();
  return load;
}
