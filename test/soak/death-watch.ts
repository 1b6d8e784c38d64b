import { now } from '../../src/sessions/index.ts';
import type { AnswerCheck, Listed } from './answer-check.ts';
import { type PidView, viewPids } from './pid-view.ts';

/** Notices, between two answers, which of the processes that were listed have ended. */
export class DeathWatch {
  private readonly checks: readonly AnswerCheck[];
  private readonly deadOf: PidView;
  private readonly graceMicros: number;

  constructor(checks: readonly AnswerCheck[], { smbdPid, graceMs }: { smbdPid: number; graceMs: number }) {
    this.checks = checks;
    this.deadOf = viewPids(smbdPid);
    this.graceMicros = graceMs * 1000;
  }

  look(listed: readonly Listed[]): void {
    const pids = new Set(listed.flatMap(({ pid }) => pid ?? []));
    const dead = this.deadOf(pids);
    const at = now() + this.graceMicros;
    for (const check of this.checks) for (const pid of dead) check.noteDead(pid, at);
  }
}
