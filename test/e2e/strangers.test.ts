import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { launcher, Running, runSmbwho } from '../support/program.ts';
import { TemporaryFolder } from '../support/temporary.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

const runFolder = () => folder.file('run');
const serve = (...wrapper: readonly string[]) => {
  const folders = ['--state-dir', folder.file('state'), '--run-dir', runFolder()];
  const words = [...wrapper, launcher, 'serve', '--listen', '127.0.0.1:0', '--recording', 'demo/recording', ...folders];
  return new Running(words[0]!, words.slice(1));
};
const serving = /serving https:\/\/[\d.]+:(\d+), (.*)/;

test('strangers who only hold connections, more than there are descriptors, keep nobody from a list', async () => {
  await using running = serve('prlimit', '--nofile=256:256');
  const [, port] = await running.until(serving);
  const sockets = Array.from({ length: 300 }, () => connect(Number(port), '127.0.0.1').on('error', () => undefined));
  try {
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    expect(await runSmbwho(['list', '--run-dir', runFolder()])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('alice'),
    });
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

test('a run folder that is open to others is left as it is, and has no socket', async () => {
  mkdirSync(runFolder());
  chmodSync(runFolder(), 0o1777);
  await using running = serve();
  await running.until(serving);
  expect(running.output).toContain(`no socket for commands on this machine: ${runFolder()} is`);
  expect(statSync(runFolder()).mode & 0o7777).toBe(0o1777);
});

test('who comes through the socket is recorded as who serves', async ({ skip }) => {
  const other = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  skip(
    spawnSync('setpriv', [...other, launcher, '--version']).status !== 0,
    'nobody else can be had to run the program',
  );
  chownSync(folder.path, 65_534, 65_534);
  await using running = serve('setpriv', ...other);
  await running.until(serving);
  await runSmbwho(['close', '--identity', 'alice', '--dry-run', '--run-dir', runFolder()]);
  const { stdout } = await runSmbwho(['audit', 'list', '--json', '--state-dir', folder.file('state')]);
  expect(JSON.parse(stdout).at(-1)).toMatchObject({
    operation: 'smb_plan_close',
    by: 'uid:65534',
    from: 'this machine',
  });
});

test('the file of the first token is named only where it is', async () => {
  const path = join(folder.file('state'), 'token');
  for (const said of [`token in ${path}`, 'to who has a token']) {
    await using running = serve();
    expect((await running.until(serving))[2]).toBe(said);
    rmSync(path, { force: true });
  }
});
