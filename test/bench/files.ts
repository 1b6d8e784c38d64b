import { once } from 'node:events';
import { LocalFileSource, LocalSource } from '../../src/live/index.ts';
import { locateInstance, type SambaInstance } from '../../src/samba/conf/index.ts';
import { formatFileLocation } from '../../src/sessions/index.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { holdFilesElsewhere } from './hold.ts';
import { type Contender, limits, type Measured, measure, medianOf, runLimited, timedAsync } from './measure.ts';

const sizes = [5000, 50_000];
const opensEach = 500;
const repeats = 9;
/** A server has done this often before: its code is compiled by then. */
const warmUps = 5;

const whole = 'smbwho, read to JSON, nothing known before';
const unchanged = 'smbwho, read to JSON, nothing changed';
const text = 'smbstatus -L';
const json = 'smbstatus -L --json';

/** Lists of real open files, beside what Samba itself offers. */
export async function benchFiles(root?: string): Promise<void> {
  const found = new Map<number, Measured[]>();
  for (const size of sizes) {
    const globals = { 'max smbd processes': '0', 'max open files': '100000' };
    await using samba = await PrivateSamba.start({ globals, ...(root === undefined ? {} : { root }) });
    if (size === sizes[0])
      console.log(`Samba ${samba.release}, Node ${process.version}, medians of ${repeats} interleaved runs`);
    const load = await holdFilesElsewhere(samba, size / opensEach, opensEach);
    try {
      const instance = locateInstance(samba.smbConf);
      for (let i = 0; i < warmUps; i++) await listAnew(instance, size);
      using kept = new LocalSource({ instance: 1, locate: () => instance });
      const files = new LocalFileSource({ instance: 1, source: kept });
      const contenders: Contender[] = [
        { name: whole, run: () => listAnew(instance, size) },
        { name: unchanged, run: () => timedAsync(() => listOnce(files, size)) },
        { name: text, run: () => runLimited(samba, ['-L']) },
        { name: json, run: () => runLimited(samba, ['-L', '--json']) },
      ];
      found.set(size, await measure(contenders, repeats));
      report(size, found.get(size)!);
    } finally {
      load.kill('SIGTERM');
      await once(load, 'exit');
    }
  }
  const [small, large] = sizes.map((size) => medianOf(found.get(size)!, whole)!);
  console.log(`\ngrowth of "${whole}" from 5,000 to 50,000 open files: ${(large! / small!).toFixed(1)}-fold`);
}

async function listAnew(instance: SambaInstance, size: number): Promise<number> {
  using source = new LocalSource({ instance: 1, locate: () => instance });
  return await timedAsync(() => listOnce(new LocalFileSource({ instance: 1, source }), size));
}

/** From the files to the text of an answer. */
async function listOnce(source: LocalFileSource, size: number): Promise<void> {
  const { files } = await source.files();
  if (files.length !== size) throw new Error(`${files.length} files listed, ${size} held`);
  JSON.stringify(
    files.map(({ location, user, session, ...file }) => {
      return { ...file, location: formatFileLocation(location), user: user?.name, session: session?.sessionGlobalId };
    }),
  );
}

function report(size: number, measured: readonly Measured[]): void {
  console.log(`\n${size.toLocaleString('en')} open files`);
  const ours = medianOf(measured, whole)!;
  for (const { name, medianMs, minMs, maxMs } of measured) {
    const times =
      medianMs === null
        ? `did not finish within ${limits}`
        : `${medianMs.toFixed(1)} ms (${minMs!.toFixed(1)} to ${maxMs!.toFixed(1)})`;
    const ratio = medianMs === null || name === whole ? '' : `, ${(medianMs / ours).toFixed(2)} times ours`;
    console.log(`  ${name.padEnd(44)} ${times}${ratio}`);
  }
}
