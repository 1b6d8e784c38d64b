import { setTimeout as sleep } from 'node:timers/promises';
import { LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import { now, toSessionJson } from '../../src/sessions/index.ts';
import { type ChurnCounts, type ChurnOptions, holdSteadySessions, noChurn } from '../support/load/index.ts';
import { Server } from '../support/program.ts';
import type { PrivateSamba } from '../support/samba/index.ts';
import { readBaseline } from './baseline.ts';
import { type Asked, type Era, OutageCheck, type OutageFindings } from './outage-check.ts';
import { type SambaChoice, startServer, targetOf } from './private-server.ts';
import { Worker } from './worker.ts';

export interface OutagePlan {
  readonly server: SambaChoice;
  readonly seed: number;
  readonly steady: number;
  /** Answers of each reader to wait for in each state. */
  readonly answers: number;
  /** Asked after each round. */
  readonly isEnough: (progress: OutageResult) => boolean;
  readonly signal: AbortSignal;
}

export interface OutageResult {
  readonly release: string;
  /** Rounds of all outages, each once. */
  readonly rounds: number;
  readonly local: OutageFindings;
  readonly api: OutageFindings;
  readonly churn: ChurnCounts;
  readonly crashed: readonly string[];
}

/** All but the last of the users have steady sessions; the last is the one that comes and goes. */
const strangers = '王小明';
const patienceMs = 30_000;

type Outage = (samba: PrivateSamba, enter: (kind: Era['kind']) => Promise<void>) => Promise<void>;

const outages: Readonly<Record<string, Outage>> = {
  async restarted(samba, enter) {
    await enter('ending');
    await samba.restart();
  },
  async killed(samba, enter) {
    await enter('ending');
    await samba.kill();
    await enter('down');
    await enter('starting');
    await samba.restart();
  },
  /** Its children notice, and end by themselves. */
  async beheaded(samba, enter) {
    await enter('ending');
    samba.signal(samba.pid!, 'SIGKILL');
    for (const deadline = performance.now() + 2000; samba.children().length > 0 && performance.now() < deadline; ) {
      await sleep(10);
    }
    await samba.kill();
    await enter('down');
    await enter('starting');
    await samba.restart();
  },
  /** A stopped server is as good as any to a reader that needs no word of it. */
  async stopped(samba, enter) {
    const pids = [samba.pid!, ...samba.children()];
    for (const pid of pids) samba.signal(pid, 'SIGSTOP');
    await enter('steady');
    for (const pid of pids) samba.signal(pid, 'SIGCONT');
    await enter('steady');
    await enter('ending');
    await samba.restart();
  },
};

/** Readers ask while the whole server is restarted, killed and stopped, again and again, with clients coming all the time. */
export async function runOutages(plan: OutagePlan): Promise<OutageResult> {
  await using stack = new AsyncDisposableStack();
  const samba = stack.use(await startServer(plan.server));
  const server = stack.use(await Server.start(['--smb-conf', samba.smbConf]));
  const source = stack.use(new LocalSource({ instance: 1, locate: () => locateInstance(samba.smbConf) }));
  const target = targetOf(samba);
  const isStranger = ({ user }: { readonly user: string }) => user === strangers;
  const churnOptions: ChurnOptions = {
    ...target,
    users: target.users.filter(isStranger),
    seed: plan.seed,
    clients: 4,
    loginsPerSecond: 30,
  };
  const steadyTarget = { ...target, users: target.users.filter((user) => !isStranger(user)) };

  let era: Era = { kind: 'up', steady: new Map(), since: 0 };
  const local = new OutageCheck(strangers);
  const api = new OutageCheck(strangers);
  let churner: Worker<ChurnCounts> | undefined;
  let isOver = false;
  let rounds = 0;
  const follow = async (check: OutageCheck, ask: () => Promise<Asked>) => {
    while (!isOver) {
      const before = era;
      check.take(await ask(), before, era);
      await sleep(5);
    }
  };
  const asking = Promise.all([follow(local, () => askSource(source)), follow(api, () => askServer(server))]);
  // Whatever goes wrong there is thrown where the rounds wait for answers.
  let failure: unknown;
  asking.catch((error: unknown) => {
    failure = error;
  });
  stack.defer(async () => {
    isOver = true;
    await asking.catch(() => {});
  });

  const until = async (condition: () => boolean, what: string) => {
    for (const deadline = performance.now() + patienceMs; !condition(); await sleep(5)) {
      if (failure !== undefined) throw failure;
      if (plan.signal.aborted) return;
      if (performance.now() > deadline) throw new Error(`${samba.release}: ${what} did not come to be`);
    }
  };
  const enter = async (kind: Era['kind']) => {
    era = { ...era, kind, since: kind === 'down' ? now() : era.since };
    if (kind === 'ending' || kind === 'starting') return;
    const counts = [local, api].map(({ findings }) => findings.answers + plan.answers);
    await until(() => [local, api].every(({ findings }, i) => findings.answers > counts[i]!), `answers while ${kind}`);
  };
  const result = (): OutageResult => ({
    release: samba.release,
    rounds,
    local: local.findings,
    api: api.findings,
    churn: churner?.report ?? noChurn(),
    crashed: [
      ...(churner?.hasCrashed ? [churner.name] : []),
      ...(server.running.child.exitCode === null ? [] : ['smbwho serve']),
    ],
  });

  while (!plan.signal.aborted) {
    for (const outage of Object.values(outages)) {
      using held = await holdSteadySessions(steadyTarget, plan.steady);
      const baseline = await readBaseline(samba, held.sessions, (user) => user !== strangers);
      era = {
        kind: 'up',
        steady: new Map(baseline.map((one) => [one.location, one])),
        since: era.since,
      };
      churner ??= stack.use(new Worker<ChurnCounts>('churner.ts', churnOptions, noChurn()));
      await enter('steady');
      const startedAt = now();
      await outage(samba, enter);
      era = { kind: 'up', steady: new Map(), since: Math.max(startedAt, era.since) };
      const up = era;
      await until(() => [local, api].every((check) => check.hasRecovered(up)), 'a complete list');
    }
    rounds++;
    const progress = result();
    if (progress.crashed.length > 0 || plan.isEnough(progress)) break;
  }
  isOver = true;
  await Promise.all([asking, churner?.stop()]);
  return result();
}

async function askSource(source: LocalSource): Promise<Asked> {
  const { parts, sessions } = await source.refresh();
  const { takenAt, problems } = parts[0]!;
  return { sessions: takenAt === null ? null : sessions.map(toSessionJson), problems };
}

async function askServer(server: Server): Promise<Asked> {
  const { status, body } = await server.get('/smbwho/v1/sessions');
  if (status === 200) return { sessions: body.sessions, problems: body.parts[0].problems };
  if (status !== 503) throw new Error(`${status} ${JSON.stringify(body)}`);
  return { sessions: null, problems: [{ code: body.description.split(':')[0], message: body.description }] };
}
