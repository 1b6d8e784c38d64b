import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimCases, openCases, sessionCases, tconCases } from './cases.ts';
import { completeOpen, completeSession, completeTcon } from './pack-records.ts';

/**
 * `node test/support/records/pack-with-samba.ts ROOT`, as root: has the Python bindings of the Samba that is installed
 * in the chroot ROOT (Debian's python3-samba) pack every case, into `packed/<release>.json`.
 */
const [root] = process.argv.slice(2);
if (root === undefined) throw new Error('which chroot?');

const complete = <R, C>(cases: Readonly<Record<string, R>>, completeOne: (record: R) => C): Record<string, C> =>
  Object.fromEntries(Object.entries(cases).map(([name, record]) => [name, completeOne(record)]));

const records = {
  sessions: complete(sessionCases, completeSession),
  claims: complete(claimCases, completeSession),
  tcons: complete(tconCases, completeTcon),
  opens: complete(openCases, completeOpen),
};
const script = readFileSync(join(import.meta.dirname, 'pack-with-samba.py'), 'utf8');
const output = execFileSync('chroot', [root, 'python3', '-c', script], {
  input: JSON.stringify(records, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  encoding: 'utf8',
  maxBuffer: 64 << 20,
});
const packed = JSON.parse(output);
const release = String(packed.package).split('.').slice(0, 2).join('.');
const provenance = {
  release,
  packedBy: 'samba.dcerpc.smbXsrv of python3-samba, through pack-with-samba.ts',
  packedOn: new Date().toISOString().slice(0, 10),
};
writeFileSync(
  join(import.meta.dirname, 'packed', `${release}.json`),
  `${JSON.stringify({ ...provenance, ...packed }, null, 2)}\n`,
);
