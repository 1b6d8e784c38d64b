// Installs Node 26 and the packages beside this project where they are missing or older than the lock file.
// Runs on whatever Node a distribution has: plain JavaScript, no dependency.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { makeNodeRun } from './node-library.mjs';

const oldestNode = 18;
const progressMs = 2000;
const root = fileURLToPath(new URL('..', import.meta.url));
const lock = `${root}package-lock.json`;
const modules = `${root}node_modules`;
const node = `${modules}/.bin/node`;
const installed = `${modules}/.package-lock.json`;

const isFresh = existsSync(installed) && existsSync(node) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
if (!isFresh) await setUp();

async function setUp() {
  if (Number(process.versions.node.split('.')[0]) < oldestNode) {
    fail(`Node ${process.versions.node} is too old to set up with; Node ${oldestNode} or later is needed`);
  }
  checkWritable();
  console.error('smbwho: setting up Node 26 and the packages in node_modules (some 500 MB, half a minute or more) …');
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => fail(`ended by ${signal}; the next start sets up again`));
  }
  await installPackages(seconds);
  const version = makeNodeRun(`${modules}/node`, node);
  if (!/^v2[6-9]\./.test(version)) fail(version);
  console.error(`smbwho: ready after ${seconds()} s, Node ${version.slice(1)}`);
}

/** npm's own words for this are long, and name files of its cache. */
function checkWritable() {
  try {
    accessSync(root, constants.W_OK);
    if (existsSync(modules)) accessSync(modules, constants.W_OK);
  } catch {
    const text = `${userInfo().username} can't write to ${root}; run "npm run setup" there as its owner, or clone it yourself`;
    console.error(`smbwho: ${text}`);
    process.exit(1);
  }
}

async function installPackages(seconds) {
  const words = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--no-progress'];
  const [command, first] = npmCommand();
  const child = spawn(command, [...first, ...words], { cwd: root, stdio: ['ignore', 2, 2] });
  child.once('error', (error) => fail(`npm can't be run: ${error.message}`));
  const showProgress = progressOf(wantedPackages());
  const timer = setInterval(() => showProgress(seconds()), progressMs);
  const [status, signal] = await once(child, 'exit');
  clearInterval(timer);
  if (process.stderr.isTTY) console.error();
  if (status !== 0) fail(`npm ci ended with ${signal ?? `status ${status}`}; what it said stands above`);
}

/**
 * npm leaves out what its own Node can't run, such as programs that only Node 26 will run here: so it takes itself to be
 * on Node 26.
 */
function npmCommand() {
  const npm = process.env.npm_execpath;
  if (!npm?.endsWith('.js')) return ['npm', []];
  const version = `v${readLock()['node_modules/node'].version}`;
  const code = `Object.defineProperty(process, 'version', { value: '${version}' }); require(process.argv[1])`;
  return [process.execPath, ['-e', code, npm]];
}

function readLock() {
  return JSON.parse(readFileSync(lock, 'utf8')).packages;
}

/** The folders of the packages that belong on this machine. */
function wantedPackages() {
  const ownLibc = process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  const fits = (list, own) => list === undefined || list.includes(own);
  return Object.entries(readLock())
    .filter(([path]) => path !== '')
    .filter(([, { os, cpu, libc }]) => fits(os, process.platform) && fits(cpu, process.arch) && fits(libc, ownLibc))
    .map(([path]) => `${root}${path}/package.json`);
}

/** npm shows little of what it does: one line that changes on a terminal, a line now and then elsewhere. */
function progressOf(wanted) {
  let lastTold = 0;
  return (seconds) => {
    const count = wanted.filter((path) => existsSync(path)).length;
    const text = `smbwho: ${count} of ${wanted.length} packages after ${seconds} s`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r${text} `);
    } else if (seconds - lastTold >= 10) {
      lastTold = seconds;
      console.error(text);
    }
  };
}

/** Half a setup must not stand in the way of the next: npm runs scripts by the Node in here, where there is one. */
function fail(message) {
  rmSync(node, { force: true });
  console.error(`smbwho: ${message}`);
  process.exit(1);
}
