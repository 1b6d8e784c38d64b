import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A visit of a client can take so long to end, see `Churn`. */
const patienceMs = 30_000;

/** A part of the soak in a process of its own, which ends with ours. It says how it stands from time to time. */
export class Worker<Report> implements AsyncDisposable {
  /** What it said last. */
  report: Report;
  readonly name: string;
  private readonly child: ChildProcess;
  private isStopping = false;

  /** @param module a file of this folder that calls `work` */
  constructor(module: string, options: object, nothing: Report, execArgv: readonly string[] = []) {
    this.name = module;
    this.report = nothing;
    this.child = fork(join(import.meta.dirname, module), { execArgv: [...execArgv] });
    this.child.send(options);
    this.child.on('message', (report) => {
      this.report = report as Report;
    });
    // It went before it was told to: that shows in `hasCrashed`.
    this.child.on('error', () => {});
  }

  get hasCrashed(): boolean {
    const { exitCode, signalCode } = this.child;
    const isGone = exitCode !== null || signalCode !== null;
    return isGone && (!this.isStopping || exitCode !== 0);
  }

  /** Has it finish what it is at; one that does not is killed, and has crashed. Its last report stands in `report` then. */
  async stop(): Promise<void> {
    if (this.isStopping || this.hasCrashed) return;
    this.isStopping = true;
    const ended = once(this.child, 'exit');
    this.child.send('stop');
    const patience = setTimeout(() => this.child.kill('SIGKILL'), patienceMs);
    await ended;
    clearTimeout(patience);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
