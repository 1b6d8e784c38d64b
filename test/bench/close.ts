import { once } from 'node:events';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { createCloser, LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import { type Closer, formatLocation, type Location, toConfirm } from '../../src/sessions/index.ts';
import { type Writer, wrongLocations } from '../support/closing/index.ts';
import { Server } from '../support/program.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { timedAsync } from './measure.ts';
import { WritersElsewhere } from './writers.ts';

const sessions = 1200;
const connections = 20;
/** On each connection; the other ten stay. */
const victimsEach = 50;
const wrongTries = 10_000;
const deleted = 'STATUS_USER_SESSION_DELETED';

/** What a way to close is given: sessions, each with a file open for writing. */
interface Task {
  readonly samba: PrivateSamba;
  readonly writers: WritersElsewhere;
  readonly live: ReadonlyMap<number, Location>;
  readonly source: LocalSource;
  readonly closer: Closer;
}

/** Ends 1,000 of 1,200 sessions in one call; then, in ways that Samba has, what comes nearest to ending one. */
export async function benchClose(root?: string): Promise<void> {
  const users = ['alice', 'bob', 'carol', 'dave', 'root'].map((name) => ({ name }));
  const globals = { 'max smbd processes': '0' };
  await using samba = await PrivateSamba.start({ users, shares: [{ name: 'one' }], globals, ...(root && { root }) });
  console.log(
    `Samba ${samba.release}, Node ${process.version}: ${sessions} sessions that write, ${connections} connections`,
  );
  await withTask(samba, closeWrong);
  await withTask(samba, (task) => closeMany(task, 'smbwho, the closer', throughCloser));
  await withTask(samba, (task) => closeMany(task, 'smbwho, POST /smbwho/v1/close', throughApi));
  await withTask(samba, (task) => closeOne(task, 'smbwho', throughCloser));
  await withTask(samba, (task) => closeOne(task, 'rpcclient netsessdel CLIENT USER', netSessDel));
  await withTask(samba, (task) => closeOne(task, 'smbcontrol PID kill-client-ip CLIENT', killClientIp));
}

async function withTask(samba: PrivateSamba, what: (task: Task) => Promise<void>): Promise<void> {
  await using writers = await WritersElsewhere.hold(samba, sessions, connections);
  using source = new LocalSource({ instance: 1, locate: () => locateInstance(samba.smbConf) });
  const { sessions: listed } = await source.refresh();
  if (listed.length !== sessions) throw new Error(`${listed.length} sessions listed, ${sessions} held`);
  const live = new Map(listed.map(({ location }) => [location.sessionGlobalId, location]));
  await what({ samba, writers, live, source, closer: createCloser([{ instance: 1, source }]) });
}

async function closeWrong({ closer, live, writers }: Task): Promise<void> {
  const locations = [...live.values()];
  // Those of the pass before have not been; a time that is none of theirs stands for them.
  const ended = locations.map((location) => ({ ...location, creationTime: location.creationTime - 36_000_000_000n }));
  const wrong = wrongLocations(locations, ended, wrongTries);
  const { closes } = await closer.plan(wrong);
  const planned = closes.filter(({ notClosable }) => notClosable === null).length;
  let told = 0;
  const forged = wrong.map((location) => ({ ...closes[0]!, location, notClosable: null }));
  const ms = await timedAsync(async () => {
    const outcomes = closer.close({ madeAt: 0, closes: forged, problems: [] }, { filesFirst: false, watchMs: 0 });
    // Only what was sent can take time.
    for await (const { tookMs, result } of outcomes) if (tookMs !== null || result === 'closing') told++;
  });
  const failures = await writers.write();
  console.log(
    `\n${wrongTries} wrong locations: ${planned} planned, ${told} told to end, ${failures.size} sessions closed; ${ms.toFixed(0)} ms`,
  );
}

/** Ends these sessions; returns how many it has seen go, where it looks at all, and its time in ms. */
type CloseAll = (
  task: Task,
  victims: readonly Writer[],
) => Promise<{ readonly closed: number | null; readonly ms: number }>;

async function closeMany(task: Task, name: string, close: CloseAll): Promise<void> {
  const byClient = Map.groupBy(task.writers.all, ({ client }) => client);
  const victims = [...byClient.values()].flatMap((writers) => writers.slice(0, victimsEach));
  const { closed, ms } = await close(task, victims);
  const { lost, kept } = await countLost(task, victims);
  console.log(
    `\n${name}: ${closed} of ${victims.length} sessions seen gone in ${time(ms)}, ${(ms / closed!).toFixed(2)} ms each`,
  );
  console.log(`  neighbours that it took along: ${lost}; that write on: ${kept}`);
}

/** What it takes along to end one session. */
async function closeOne(task: Task, name: string, close: CloseAll): Promise<void> {
  const victim = task.writers.all[0]!;
  const { closed, ms } = await close(task, [victim]);
  const { lost, kept } = await countLost(task, [victim]);
  console.log(`\nto end 1 session, ${name}: ${time(ms)}${closed === null ? '' : ', seen gone'}`);
  console.log(`  neighbours that it took along: ${lost}; that write on: ${kept}`);
}

async function countLost({ writers }: Task, victims: readonly Writer[]): Promise<{ lost: number; kept: number }> {
  const failures = await writers.write();
  const isVictim = new Set(victims.map(({ sessionGlobalId }) => sessionGlobalId));
  const alive = victims.filter(({ sessionGlobalId }) => !failures.has(sessionGlobalId)).length;
  if (alive > 0) console.log(`  STILL THERE: ${alive}`);
  const others = writers.all.filter(({ sessionGlobalId }) => !isVictim.has(sessionGlobalId));
  const lost = others.filter(({ sessionGlobalId }) => failures.has(sessionGlobalId));
  const codes = new Set([...isVictim].flatMap((id) => failures.get(id) ?? []));
  if (codes.size !== 1 || !codes.has(deleted)) console.log(`  its client was told: ${[...codes].join(', ')}`);
  return { lost: lost.length, kept: others.length - lost.length };
}

async function throughCloser({ closer, live }: Task, victims: readonly Writer[]) {
  let closed = 0;
  let plannedMs = 0;
  const ms = await timedAsync(async () => {
    const startMs = performance.now();
    const plan = await closer.plan(victims.map(({ sessionGlobalId }) => live.get(sessionGlobalId)!));
    plannedMs = performance.now() - startMs;
    if (victims.length > 1 && toConfirm(plan) !== victims.length) throw new Error('the plan is not to be confirmed');
    for await (const { result } of closer.close(plan, { filesFirst: false, watchMs: 0 }))
      if (result === 'closed') closed++;
  });
  console.log(`\n(of what follows, the plan took ${time(plannedMs)})`);
  return { closed, ms };
}

async function throughApi({ samba, live }: Task, victims: readonly Writer[]) {
  await using server = await Server.start(['--smb-conf', samba.smbConf]);
  const locations = victims.map(({ sessionGlobalId }) => formatLocation(live.get(sessionGlobalId)!));
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
  let lines: string[] = [];
  const ms = await timedAsync(async () => {
    const call = request(`${server.url}/smbwho/v1/close`, { method: 'POST', headers, rejectUnauthorized: false });
    call.end(JSON.stringify({ locations, confirmed: locations.length, reason: 'bench' }));
    const [response] = await once(call, 'response');
    lines = (await text(response)).trim().split('\n');
  });
  return { closed: lines.filter((line) => JSON.parse(line).result === 'closed').length, ms };
}

async function netSessDel({ samba }: Task, [victim]: readonly Writer[]) {
  const { name, password } = samba.user('root');
  const command = `netsessdel ${victim!.client} ${victim!.user}`;
  const words = ['rpcclient', '-p', String(samba.port), '-U', `${name}%${password}`, samba.host, '-c', command];
  return { closed: null, ms: await timedAsync(() => samba.command(words)) };
}

async function killClientIp({ samba, source, live }: Task, [victim]: readonly Writer[]) {
  const location = live.get(victim!.sessionGlobalId)!;
  const { sessions: listed } = await source.refresh();
  const pid = listed.find((session) => formatLocation(session.location) === formatLocation(location))!.pid!;
  const words = ['smbcontrol', '-s', samba.inside(samba.smbConf), String(pid), 'kill-client-ip', victim!.client];
  return { closed: null, ms: await timedAsync(() => samba.command(words)) };
}

function time(ms: number): string {
  return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
}
