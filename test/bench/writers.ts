import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { HoldWritersOptions, Writer } from '../support/closing/index.ts';
import type { PrivateSamba } from '../support/samba/index.ts';

/** Sessions that write when told to, in a process of their own. */
export class WritersElsewhere implements AsyncDisposable {
  readonly all: readonly Writer[];
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  static async hold(samba: PrivateSamba, sessions: number, connections: number): Promise<WritersElsewhere> {
    const users = samba.users.filter(({ uid }) => uid !== 0).map(({ name, password }) => ({ user: name, password }));
    const share = samba.shares.keys().next().value!;
    const options: HoldWritersOptions = { host: samba.host, port: samba.port, users, share, sessions, connections };
    const program = fileURLToPath(new URL('../support/closing/main.ts', import.meta.url));
    const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new WritersElsewhere(child, lines, JSON.parse((await lines.next()).value!));
  }

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, all: readonly Writer[]) {
    this.child = child;
    this.lines = lines;
    this.all = all;
  }

  /** Each writes once. Returns the failures, by session. */
  async write(): Promise<ReadonlyMap<number, string>> {
    this.child.stdin!.write('write\n');
    return new Map(JSON.parse((await this.lines.next()).value!));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.stdin!.end();
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }
}
