import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../../src/sessions/index.ts';
import { type ChurnCounts, holdSteadySessions } from '../support/load/index.ts';
import { Server } from '../support/program.ts';
import { readBaseline } from './baseline.ts';
import { type ChurnForce, ChurnParts } from './churn-parts.ts';
import { filesBytes } from './lock-files.ts';
import { type SambaChoice, startServer, targetOf } from './private-server.ts';
import type { ApiReport, LocalReport } from './reader.ts';
import type { TormentCounts } from './torment.ts';

export interface ChurnPlan {
  readonly server: SambaChoice;
  readonly force: ChurnForce;
  /** So many sessions must be in every list. */
  readonly steady: number;
  /** Asked several times a second. */
  readonly isEnough: (progress: ChurnResult) => boolean;
  readonly signal: AbortSignal;
}

/** What came of it, or has so far. */
export interface ChurnResult {
  readonly release: string;
  /** Since all had begun. */
  readonly seconds: number;
  readonly loginsPerSecond: number;
  readonly churn: ChurnCounts;
  readonly torment: TormentCounts;
  readonly local: LocalReport;
  readonly api: ApiReport;
  /** Processes that ended before they were told to. */
  readonly crashed: readonly string[];
  /** Memory of the local reader, its heap, and that of `smbwho serve`, each second. */
  readonly memory: { readonly reader: number[]; readonly heap: number[]; readonly serve: number[] };
  /** Of the server's three files. */
  readonly filesBytes: number;
}

/** A dead process's lock file goes only once Samba has noticed its end; where that is all one has, so has the session. */
const namespaceGraceMs = 250;
const stepMs = 250;
const warmUpMs = 20_000;

/** Readers ask while sessions come and go, and their processes are stopped and killed, beside some that must stay. */
export async function runChurn({ server: choice, force, steady, isEnough, signal }: ChurnPlan): Promise<ChurnResult> {
  await using stack = new AsyncDisposableStack();
  const samba = stack.use(await startServer(choice));
  const target = targetOf(samba);
  const held = stack.use(await holdSteadySessions(target, steady));
  const spared = new Set(samba.children());
  const steadySessions = await readBaseline(samba, held.sessions);
  const expected = { steady: steadySessions, shares: [...target.shares, 'IPC$'], quietSince: now() };
  const server = stack.use(await Server.start(['--smb-conf', samba.smbConf]));
  const graceMs = choice.ownPids ? namespaceGraceMs : 0;
  const parts = stack.use(new ChurnParts(force, { samba, server, target, expected, spared, graceMs }));

  for (const deadline = performance.now() + warmUpMs; !parts.isWarm && !signal.aborted; await sleep(stepMs)) {
    if (performance.now() > deadline) throw new Error(`${samba.release}: not all parts of the churn have begun`);
  }
  const startedAt = performance.now();
  const loginsBefore = parts.churner.report.logins;
  const memory: ChurnResult['memory'] = { reader: [], heap: [], serve: [] };
  const result = (): ChurnResult => {
    const seconds = (performance.now() - startedAt) / 1000;
    return {
      release: samba.release,
      seconds,
      loginsPerSecond: (parts.churner.report.logins - loginsBefore) / seconds,
      churn: parts.churner.report,
      torment: parts.torment.counts,
      local: parts.local.report,
      api: parts.api.report,
      crashed: parts.crashed,
      memory,
      filesBytes: filesBytes(samba.lockDirectory),
    };
  };
  for (let nextSampleAt = 1; ; await sleep(stepMs)) {
    const progress = result();
    if (progress.seconds >= nextSampleAt) {
      nextSampleAt++;
      addSample(memory, progress);
    }
    if (signal.aborted || progress.crashed.length > 0 || isEnough(progress)) break;
  }
  const { seconds, loginsPerSecond } = result();
  await parts.stop();
  return { ...result(), seconds, loginsPerSecond };
}

function addSample(memory: ChurnResult['memory'], { local, api }: ChurnResult): void {
  if (local.memory !== null) {
    memory.reader.push(local.memory.rssBytes);
    memory.heap.push(local.memory.heapBytes ?? 0);
  }
  if (api.memory !== null) memory.serve.push(api.memory.rssBytes);
}
