import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { RestingProcesses } from './resting-processes.ts';

let child: ChildProcess | undefined;
afterEach(async () => {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child!.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
});

const resting = (signal = new AbortController().signal) => new RestingProcesses(true, signal);

/** A process that runs this in a shell, and has said that it does. */
async function run(script: string): Promise<{ readonly pid: number }> {
  child = spawn('sh', ['-c', `echo begun; ${script}`], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => child!.stdout!.once('data', resolve));
  return { pid: child.pid! };
}

test('one that sleeps rests', async () => {
  expect(await resting().whyNot(await run('exec sleep 60'))).toBe(null);
});

test('one that has had work for another thread rests once that has slept a while', async () => {
  const script = 'setTimeout(() => {}, 60_000)'; // Node has several threads
  child = spawn(process.execPath, ['-e', `console.log('begun'); ${script}`], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => child!.stdout!.once('data', resolve));
  const all = resting();
  await expect.poll(() => all.whyNot({ pid: child!.pid! }), { timeout: 20_000 }).toBe(null);
});

test('one that works does not, until somebody gives up', async () => {
  const { pid } = await run('while :; do :; done');
  expect(await resting().whyNot({ pid })).toMatch(
    new RegExp(`^smbd ${pid} has been at work for 1\\.5 s: it would crash`),
  );
  expect(await resting(AbortSignal.abort()).whyNot({ pid })).toMatch(/at work/);
});

test('one that is stopped does not: what it has begun is not seen', async () => {
  const { pid } = await run('exec sleep 60');
  process.kill(pid, 'SIGSTOP');
  expect(await resting().whyNot({ pid })).toMatch(/at work/);
});

test('one that has ended has nothing under way', async () => {
  const { pid } = await run('exit');
  await new Promise((resolve) => (child!.exitCode === null ? child!.once('exit', resolve) : resolve(null)));
  expect(await resting().whyNot({ pid })).toBe(null);
});

test('of one whose pid is not ours nothing is known', async () => {
  const unseen = new RestingProcesses(false, new AbortController().signal);
  expect(await unseen.whyNot({ pid: process.pid })).toMatch(/can't be seen from here/);
});

test('one that has paused is asked anew each time: once it works, it rests no more', async () => {
  const { pid } = await run("exec perl -e '$SIG{USR1} = sub { 1 while 1 }; sleep 60'");
  const all = resting();
  expect(await all.whyNot({ pid })).toBe(null);
  expect(all.restsNow({ pid })).toBe(true);
  process.kill(pid, 'SIGUSR1');
  await expect.poll(() => all.restsNow({ pid })).toBe(false);
  expect(await all.whyNot({ pid })).toMatch(/at work/);
});

test('all who wait for one look at it together', async () => {
  const { pid } = await run('exec sleep 60');
  const all = resting();
  expect(await Promise.all(Array.from({ length: 1000 }, () => all.whyNot({ pid })))).toEqual(Array(1000).fill(null));
});
