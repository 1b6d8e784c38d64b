import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { buildDebian, removeTree } from './build-debian.ts';
import { debianOf, type Release, type Suite } from './releases.ts';
import { SuiteError } from './suite-error.ts';

/** Where they are kept. Some hundred MB each. */
const cache = process.env.SMBWHO_SUITES ?? '/var/tmp/smbwho-suites';

/**
 * The suite of a release: this machine's own where that is of the release, else one in the cache (environment variable
 * `SMBWHO_SUITES`, default /var/tmp/smbwho-suites), built there first where it is missing. That takes minutes.
 *
 * @param log is told what takes long, line by line
 * @throws SuiteError
 */
export async function ensureSuite(release: Release, log: (line: string) => void): Promise<Suite> {
  const debian = debianOf(release);
  if (installedRelease('/')?.startsWith(`${release}.`)) return { release, debian, root: null };
  if (process.getuid?.() !== 0) throw new SuiteError('SUITE_NEEDS_ROOT', `only root can use the Samba of ${debian}`);
  mkdirSync(cache, { recursive: true });
  const root = join(cache, debian);
  if (!existsSync(root)) {
    await removeLeftovers(debian);
    const unfinished = join(cache, `${debian}.building-${process.pid}`);
    try {
      await buildDebian(debian, unfinished, log);
      checkSuite(unfinished, release);
      renameSync(unfinished, root);
    } finally {
      await removeTree(unfinished);
    }
  }
  checkSuite(root, release);
  return { release, debian, root };
}

function checkSuite(root: string, release: Release): void {
  const found = installedRelease(root);
  if (found?.startsWith(`${release}.`)) return;
  const advice = 'remove that folder to have it built anew, or test the other release';
  throw new SuiteError('SUITE_OTHER_RELEASE', `${root} has Samba ${found ?? '(none that runs)'}: ${advice}`);
}

/** Samba's version in a root folder, e.g. `4.17.12-Debian`; undefined where a part of the suite does not run. */
function installedRelease(root: string): string | undefined {
  const script = 'smbd -V && smbclient -V && command -v tdbdump && python3 -c "import samba.param"';
  const [program, ...words] = root === '/' ? ['smbd', '-V'] : ['chroot', root, '/bin/sh', '-c', script];
  const path = '/usr/sbin:/usr/bin:/sbin:/bin';
  const { status, stdout } = spawnSync(program!, words, { encoding: 'utf8', env: { PATH: path }, cwd: '/' });
  return status === 0 ? /^Version (\S+)/.exec(stdout)?.[1] : undefined;
}

/** What builders that were killed have left behind. */
async function removeLeftovers(debian: string): Promise<void> {
  for (const name of readdirSync(cache)) {
    const builder = new RegExp(`^${debian}\\.building-(\\d+)$`).exec(name)?.[1];
    if (builder !== undefined && !existsSync(`/proc/${builder}`)) await removeTree(join(cache, name));
  }
}
