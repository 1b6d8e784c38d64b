import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Debian } from './releases.ts';
import { SuiteError } from './suite-error.ts';

/** debootstrap follows no virtual package: the last is what one that Samba's Python bindings need depends on. */
const packages = ['samba', 'smbclient', 'tdb-tools', 'python3-samba', 'python3-cffi-backend'];

const scripts = '/usr/share/debootstrap/scripts';

/** Makes a small Debian with Samba in it, from the archive that apt uses. Minutes, and some hundred MB. */
export async function buildDebian(debian: Debian, folder: string, log: (line: string) => void): Promise<void> {
  if (!existsSync(scripts)) {
    const advice = 'Debian: apt-get install debootstrap';
    throw new SuiteError('SUITE_NO_DEBOOTSTRAP', `the Samba of ${debian} is built by debootstrap: ${advice}`);
  }
  const mirror = findMirror();
  // A Debian that is newer than our debootstrap is built as the newest that it knows.
  const script = [debian, 'sid'].map((name) => `${scripts}/${name}`).find((path) => existsSync(path))!;
  const options = ['--variant=minbase', `--include=${packages.join(',')}`];
  log(`building a Debian ${debian} with Samba from ${mirror}, once; this takes some minutes`);
  // In mounts of its own: what it mounts goes with it, even where it is killed. And it goes with us.
  const words = [
    '--mount',
    'setpriv',
    '--pdeathsig',
    'KILL',
    'debootstrap',
    ...options,
    debian,
    folder,
    mirror,
    script,
  ];
  const child = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => said.push(line));
  }
  const [status] = await once(child, 'close');
  if (status === 0) return;
  throw new SuiteError('SUITE_BUILD_FAILED', `${debian} could not be built:\n${said.slice(-8).join('\n')}`);
}

/** The archive that this machine's own Debian comes from: apt's first, no archive of updates. */
function findMirror(): string {
  const format = '$(CODENAME) $(COMPONENT) $(ORIGIN) $(REPO_URI)';
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  const archive = (stdout ?? '').split('\n').map((line) => /^[a-z]+ main Debian (\S+)$/.exec(line)?.[1]);
  const mirror = archive.find((uri) => uri !== undefined);
  if (mirror === undefined) {
    throw new SuiteError('SUITE_NO_MIRROR', 'apt knows no archive of Debian; run apt-get update first');
  }
  return mirror;
}

export async function removeTree(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  await once(spawn('rm', ['-rf', '--one-file-system', folder]), 'close');
}
