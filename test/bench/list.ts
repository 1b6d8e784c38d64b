import { once } from 'node:events';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { toSmbSession } from '../../src/api/smb-session.ts';
import { LocalSource } from '../../src/live/index.ts';
import { locateInstance, type SambaInstance } from '../../src/samba/conf/index.ts';
import { now } from '../../src/sessions/index.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { holdElsewhere } from './hold.ts';
import { type Contender, limits, type Measured, measure, medianOf, runLimited, timed, timedAsync } from './measure.ts';

const sizes = [1000, 3000, 10_000];
const repeats = 9;
/** A server has done this often before: its code is compiled by then. */
const warmUps = 20;
const files = ['smbXsrv_open_global.tdb', 'smbXsrv_tcon_global.tdb', 'smbXsrv_session_global.tdb'];

const whole = 'smbwho, read to JSON, nothing known before';
const unchanged = 'smbwho, read to JSON, nothing changed';
const bytes = 'the same files read whole';
const json = 'smbstatus --json';
const processes = 'smbstatus -p';

/** Lists of real sessions, each with two shares and one open file, beside what Samba itself offers. */
export async function benchList(root?: string): Promise<void> {
  const users = ['alice', 'bob', 'carol', 'dave'].map((name) => ({ name }));
  const options = { users, shares: [{ name: 'one' }, { name: 'two' }], globals: { 'max smbd processes': '0' } };
  const found = new Map<number, Measured[]>();
  for (const size of sizes) {
    await using samba = await PrivateSamba.start({ ...options, ...(root === undefined ? {} : { root }) });
    if (size === sizes[0])
      console.log(`Samba ${samba.release}, Node ${process.version}, medians of ${repeats} interleaved runs`);
    const load = await holdElsewhere(samba, size);
    const locate = () => locateInstance(samba.smbConf);
    for (let i = 0; i < warmUps; i++) await listAnew(locate, size);
    const measured = await measure(await contenders(samba, size), repeats);
    found.set(size, measured);
    report(size, measured);
    load.kill('SIGTERM');
    await once(load, 'exit');
  }
  const growth = medianOf(found.get(10_000)!, whole)! / medianOf(found.get(1000)!, whole)!;
  console.log(`\ngrowth of "${whole}" from 1,000 to 10,000 sessions: ${growth.toFixed(1)}-fold`);
}

async function contenders(samba: PrivateSamba, size: number): Promise<Contender[]> {
  const locate = () => locateInstance(samba.smbConf);
  const kept = new LocalSource({ instance: 1, locate });
  const instance = locate();
  return [
    { name: whole, run: () => listAnew(() => instance, size) },
    { name: unchanged, run: () => timedAsync(() => listOnce(kept, size)) },
    { name: bytes, run: async () => timed(() => readWhole(samba.lockDirectory)) },
    { name: processes, run: () => runLimited(samba, ['-p']) },
    { name: json, run: () => runLimited(samba, ['--json']) },
  ];
}

/** A list by a source that has read nothing before; giving its buffers up again is not counted. */
async function listAnew(locate: () => SambaInstance, size: number): Promise<number> {
  using source = new LocalSource({ instance: 1, locate });
  return await timedAsync(() => listOnce(source, size));
}

/** What the API does for one list, from the files to the text of the answer. */
async function listOnce(source: LocalSource, size: number): Promise<void> {
  const { sessions } = await source.refresh();
  if (sessions.length !== size) throw new Error(`${sessions.length} sessions listed, ${size} held`);
  const at = now();
  JSON.stringify({ session_infos: sessions.map((session) => toSmbSession(session, at, at)), paging: { next: null } });
}

const buffer = Buffer.alloc(256 * 1024 * 1024);

function readWhole(folder: string): void {
  for (const name of files) {
    const descriptor = openSync(join(folder, name), 'r');
    let length = 0;
    for (let count = 1; count > 0; length += count) {
      count = readSync(descriptor, buffer, length, buffer.length - length, length);
    }
    closeSync(descriptor);
  }
}

function report(size: number, measured: readonly Measured[]): void {
  console.log(`\n${size.toLocaleString('en')} sessions`);
  const ours = medianOf(measured, whole)!;
  for (const { name, medianMs, minMs, maxMs } of measured) {
    const times =
      medianMs === null
        ? `did not finish within ${limits}`
        : `${medianMs.toFixed(1)} ms (${minMs!.toFixed(1)} to ${maxMs!.toFixed(1)})`;
    const ratio = medianMs === null || name === whole ? '' : `, ${(medianMs / ours).toFixed(2)} times ours`;
    console.log(`  ${name.padEnd(44)} ${times}${ratio}`);
  }
  console.log(`  ours is ${(ours / medianOf(measured, bytes)!).toFixed(1)} times one reading of the files`);
}
