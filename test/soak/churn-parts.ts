import { type ChurnCounts, type ChurnOptions, Dice, type LoadTarget, noChurn } from '../support/load/index.ts';
import type { Server } from '../support/program.ts';
import type { PrivateSamba } from '../support/samba/index.ts';
import { type Expected, noFindings } from './answer-check.ts';
import type { ApiReaderOptions, ApiReport, LocalReport, ReaderOptions } from './reader.ts';
import { Torment } from './torment.ts';
import { Worker } from './worker.ts';

/** How hard it goes. */
export interface ChurnForce {
  readonly seed: number;
  readonly clients: number;
  readonly loginsPerSecond: number;
  /** One in so many torments of a process is a kill, which leaves its records behind for good. The others stop it. */
  readonly killEvery: number;
  /** Between two questions of a reader, on the average. */
  readonly pauseMs: number;
}

/** What it is all about. */
export interface ChurnScene {
  readonly samba: PrivateSamba;
  readonly server: Server;
  readonly target: LoadTarget;
  readonly expected: Expected;
  /** The processes that are left in peace. */
  readonly spared: ReadonlySet<number>;
  /** How long a dead process may still be listed. */
  readonly graceMs: number;
}

const tormentEveryMs = 500;

/** Those who ask, each in a process of its own, those who come and go, and the one who stops and kills. */
export class ChurnParts implements AsyncDisposable {
  readonly local: Worker<LocalReport>;
  readonly api: Worker<ApiReport>;
  readonly churner: Worker<ChurnCounts>;
  readonly torment: Torment;
  private readonly scene: ChurnScene;
  private readonly tormenting: Promise<void>;
  private failure: unknown;

  constructor({ seed, clients, loginsPerSecond, killEvery, pauseMs }: ChurnForce, scene: ChurnScene) {
    const { samba, server, target, expected, spared, graceMs } = scene;
    this.scene = scene;
    const reading: ReaderOptions = { smbConf: samba.smbConf, expected, smbdPid: samba.pid!, graceMs, pauseMs, seed };
    const { url, token, running } = server;
    const asking: ApiReaderOptions = { ...reading, url, token, servePid: running.child.pid! };
    const churning: ChurnOptions = { ...target, seed, clients, loginsPerSecond };
    this.local = new Worker('local-reader.ts', reading, noLocalReport, ['--expose-gc']);
    this.api = new Worker('api-reader.ts', asking, noApiReport);
    this.churner = new Worker('churner.ts', churning, noChurn());
    this.torment = new Torment({ samba, spared, dice: new Dice(seed), killEvery, everyMs: tormentEveryMs });
    this.tormenting = this.torment.run();
    this.tormenting.catch((error: unknown) => {
      this.failure = error;
    });
  }

  /** Whether all have begun. */
  get isWarm(): boolean {
    const { local, api, churner } = this;
    return local.report.findings.answers > 0 && api.report.own.answers > 0 && churner.report.logins > 0;
  }

  /** Processes that ended before they were told to. */
  get crashed(): readonly string[] {
    const { samba, server } = this.scene;
    const { exitCode, signalCode } = server.running.child;
    return [
      ...[this.local, this.api, this.churner].filter((worker) => worker.hasCrashed).map(({ name }) => name),
      ...(exitCode === null && signalCode === null ? [] : ['smbwho serve']),
      ...(samba.pid === undefined ? ['smbd'] : []),
      ...(this.failure === undefined ? [] : [`torment: ${this.failure}`]),
    ];
  }

  async stop(): Promise<void> {
    this.torment.stop();
    await Promise.allSettled([this.tormenting, this.churner.stop(), this.local.stop(), this.api.stop()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

const noLocalReport: LocalReport = {
  findings: noFindings(),
  stats: { bytesRead: 0, decoded: 0, anomalies: 0, chainsReread: 0, confirmed: 0 },
  memory: null,
};
const noApiReport: ApiReport = { own: noFindings(), contract: noFindings(), memory: null };
