// Node 26 needs GCC's libatomic, which a small system lacks. Debian's package of it is unpacked beside Node then: no root,
// and nothing of the system changes.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const library = 'libatomic.so.1';
const debianPackage = 'libatomic1';

/**
 * Makes the Node of the folder `home` run by the path `link`.
 *
 * @returns what it says to --version, or why it does not run
 */
export function makeNodeRun(home, link) {
  const first = say(link);
  if (!first.includes(library)) return first;
  console.error(`smbwho: Node 26 needs ${library}; unpacking it from Debian's package ${debianPackage} beside Node …`);
  const folder = join(home, 'lib');
  mkdirSync(folder, { recursive: true });
  if (!unpackLibrary(folder)) {
    return `Node 26 needs ${library}: install it (Debian: apt-get install ${debianPackage}; Fedora: dnf install libatomic)`;
  }
  // The link leads to the program itself, which must not be written over.
  rmSync(link, { force: true });
  writeFileSync(link, wrapper, { mode: 0o755 });
  return say(link);
}

const wrapper = `#!/bin/sh
# Runs Node with the library that this machine lacks.
modules=$(dirname "$(dirname "$(readlink -f "$0")")")
export LD_LIBRARY_PATH="$modules/node/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$modules/node/bin/node" "$@"
`;

function say(node) {
  const { stdout, stderr, error } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) return `the package "node" is not there, or does not run: ${error.message}`;
  return (stdout || stderr).trim();
}

/** By the lists that apt has, or else by lists of our own: anybody may fetch a package and look into it. */
function unpackLibrary(folder) {
  const work = mkdtempSync(join(folder, 'apt-'));
  try {
    for (const name of ['lists/partial', 'cache/archives/partial', 'root']) {
      mkdirSync(join(work, name), { recursive: true });
    }
    const ownLists = [`Dir::State::lists=${work}/lists`, `Dir::Cache=${work}/cache`];
    const isFetched = apt(work, ['download', debianPackage], []) || fetchWith(work, ownLists);
    const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
    if (!isFetched || archive === undefined) return false;
    if (
      spawnSync('dpkg-deb', ['-x', join(work, archive), join(work, 'root')], { stdio: ['ignore', 2, 2] }).status !== 0
    ) {
      return false;
    }
    // usr/lib/x86_64-linux-gnu/libatomic.so.1
    const places = readdirSync(join(work, 'root/usr/lib')).map((triplet) =>
      join(work, 'root/usr/lib', triplet, library),
    );
    const found = places.find((path) => existsSync(path));
    if (found === undefined) return false;
    copyFileSync(found, join(folder, library));
    return true;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function fetchWith(work, options) {
  return apt(work, ['update'], options) && apt(work, ['download', debianPackage], options);
}

function apt(cwd, words, options) {
  // Root's apt fetches as a user who can't write here.
  const all = ['APT::Sandbox::User=root', ...options].flatMap((option) => ['-o', option]);
  return spawnSync('apt-get', ['-qq', ...all, ...words], { cwd, stdio: ['ignore', 2, 2] }).status === 0;
}
