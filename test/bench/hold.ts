import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PrivateSamba } from '../support/samba/index.ts';

/** Holds the sessions in a process of its own, so that its memory is none of the contenders'. */
export async function holdElsewhere(samba: PrivateSamba, sessions: number): Promise<ChildProcess> {
  const users = samba.users.map(({ name, password }) => ({ user: name, password }));
  const options = { host: samba.host, port: samba.port, users, sessions, shares: ['one', 'two'] };
  const program = fileURLToPath(new URL('../support/load/main.ts', import.meta.url));
  const load = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(load.stdout, 'data');
  load.stdout.resume();
  return load;
}
