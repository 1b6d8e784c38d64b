// Installs Node 26 and the packages beside this project where they are missing or older than the lock file.
// Runs on whatever Node a distribution has: plain JavaScript, no dependency.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lock = `${root}package-lock.json`;
const installed = `${root}node_modules/.package-lock.json`;

const isFresh =
  existsSync(installed) &&
  existsSync(`${root}node_modules/.bin/node`) &&
  statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
if (!isFresh) install();

function install() {
  if (Number(process.versions.node.split('.')[0]) < 18) {
    fail(`Node ${process.versions.node} is too old to set up with; Node 18 or later is needed`);
  }
  console.error('smbwho: setting up Node 26 and the packages (some 500 MB, half a minute) …');
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const words = [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync(command, words, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error !== undefined) fail(`npm can't be run: ${error.message}`);
  if (status !== 0) fail(`npm ci ended with status ${status}`);
  const node = spawnSync(`${root}node_modules/.bin/node`, ['--version'], { encoding: 'utf8' });
  if (!/^v2[6-9]\./.test(node.stdout ?? '')) fail('the package "node" did not install; does npm block its script?');
  console.error(`smbwho: ready, Node ${node.stdout.trim()}`);
}

function fail(message) {
  console.error(`smbwho: ${message}`);
  process.exit(1);
}
