import { once } from 'node:events';
import { runSmbwho, Server } from '../support/program.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { environmentOfTomorrow } from '../support/tomorrow/index.ts';
import { holdElsewhere } from './hold.ts';
import { timedAsync } from './measure.ts';

const sessions = 1000;
const runs = 5;
/** Below what smbstatus needs for so many. */
const smallMemory = '128M';
const path = '/smbwho/v1/sessions';

/** The list of a server whose records are of no known layout, by the real program: what it takes, and where it ends. */
export async function benchFallback(root?: string): Promise<void> {
  const users = ['alice', 'bob', 'carol', 'dave'].map((name) => ({ name }));
  const options = { users, shares: [{ name: 'one' }, { name: 'two' }], globals: { 'max smbd processes': '0' } };
  await using samba = await PrivateSamba.start({ ...options, ...(root === undefined ? {} : { root }) });
  console.log(
    `Samba ${samba.release}, Node ${process.version}, ${sessions} sessions with two shares and one open file`,
  );
  const load = await holdElsewhere(samba, sessions);
  try {
    await takeOver(samba);
    await refuse(samba, '--fallback-memory', smallMemory);
    await refuse(samba, '--fallback-timeout', '0.05s');
  } finally {
    load.kill('SIGTERM');
    await once(load, 'exit');
  }
}

/** Each server asks smbstatus once; what it then has is kept. */
async function takeOver(samba: PrivateSamba): Promise<void> {
  const first: number[] = [];
  const kept: number[] = [];
  for (let i = 0; i < runs; i++) {
    await using server = await serve(samba);
    for (const times of [first, kept]) {
      times.push(
        await timedAsync(async () => {
          const { status, body } = await server.get(path);
          const found = [status, body.sessions.length, body.parts[0].problems.at(-1).code];
          if (found.join() !== [200, sessions, 'FALLBACK_USED'].join()) throw new Error(`${found} answered`);
        }),
      );
    }
  }
  console.log(`  smbstatus takes over: ${describe(first)}, of which a list that is kept takes ${describe(kept)}`);
  const known = await runSmbwho(['list', '--json', '--smb-conf', samba.smbConf]);
  const unknown = await runSmbwho(['list', '--json', '--smb-conf', samba.smbConf], environmentOfTomorrow());
  console.log(`  the same sessions as from the records: ${idsOf(known.stdout) === idsOf(unknown.stdout)}`);
}

async function refuse(samba: PrivateSamba, ...words: readonly string[]): Promise<void> {
  await using server = await serve(samba, ...words);
  let said = '';
  const ms = await timedAsync(async () => {
    const { status, body } = await server.get(path);
    said = `${status} ${/SMBSTATUS_.*/.exec(body.description)?.[0]}`;
  });
  console.log(`  ${words.join(' ')}: ${ms.toFixed(0)} ms, ${said}`);
}

function serve(samba: PrivateSamba, ...words: readonly string[]): Promise<Server> {
  const { NODE_OPTIONS } = environmentOfTomorrow();
  return Server.start(['--smb-conf', samba.smbConf, ...words], ['env', `NODE_OPTIONS=${NODE_OPTIONS}`]);
}

function idsOf(json: string): string {
  return JSON.parse(json)
    .map(({ location }: { location: string }) => location.split('.')[1])
    .join();
}

function describe(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  return `${sorted[sorted.length >> 1]!.toFixed(0)} ms (${sorted[0]!.toFixed(0)} to ${sorted.at(-1)!.toFixed(0)})`;
}
