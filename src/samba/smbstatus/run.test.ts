import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { runLimited } from './run.ts';

const limits = { memoryBytes: 256 * 1024 * 1024, timeoutMs: 20_000 };
const never = new AbortController().signal;

const run = (script: string, changes: Partial<typeof limits> = {}, stop: AbortSignal = never) =>
  runLimited(['sh', '-c', script], { ...limits, ...changes }, stop);
const code = (name: string, message = '') =>
  expect.objectContaining({ code: name, message: expect.stringContaining(message) });

test('gives what the command wrote', async () => {
  expect(await run('printf "a\\303\\244"; echo warning >&2')).toBe('aä');
});

test('it sees nothing of our environment', async () => {
  expect((await run('env')).match(/^\w+=/gm)!.sort()).toEqual(['PATH=', 'PWD=', 'TZ=']);
});

test('the limits are on it', async () => {
  expect(await run('ulimit -v; ulimit -c; ulimit -t')).toBe(`${limits.memoryBytes / 1024}\n0\n21\n`);
});

test.each([
  ['exit 3', 'SMBSTATUS_FAILED', 'status 3'],
  ['echo "no such share" >&2; exit 1', 'SMBSTATUS_FAILED', 'no such share'],
  ['kill -9 $$', 'SMBSTATUS_FAILED', 'SIGKILL'],
  ['exec no-such-program-anywhere', 'SMBSTATUS_UNAVAILABLE', 'no-such-program-anywhere'],
  // What smbstatus says of its memory, with status 0 and a list that may be short.
  ['echo "(null)"; echo "json_add_object: Unable to add object [7]" >&2', 'SMBSTATUS_TOO_LARGE', '256 MB'],
  ['echo "{}"; echo "Failed to store record: NT_STATUS_NO_MEMORY" >&2', 'SMBSTATUS_TOO_LARGE', '256 MB'],
  ['kill -SEGV $$', 'SMBSTATUS_TOO_LARGE', '256 MB'],
  ['yes', 'SMBSTATUS_TOO_LARGE', '32 MB'],
])('%s: %s', async (script, name, message) => {
  await expect(run(script)).rejects.toEqual(code(name, message));
});

test('a program that does not even load within the memory', async () => {
  await expect(run('echo', { memoryBytes: 1024 * 1024 })).rejects.toEqual(code('SMBSTATUS_TOO_LARGE'));
});

test('beyond its time it has ended when that is said', async () => {
  using folder = new TemporaryFolder();
  const path = folder.file('pid');
  await expect(run(`echo $$ > ${path}; exec sleep 600`, { timeoutMs: 500 })).rejects.toEqual(
    code('SMBSTATUS_TOO_SLOW'),
  );
  expect(existsSync(`/proc/${readFileSync(path, 'utf8').trim()}`)).toBe(false);
});

test('stopped, it has ended when that is said; and none starts after that', async () => {
  using folder = new TemporaryFolder();
  const path = folder.file('pid');
  const stop = new AbortController();
  const running = run(`echo $$ > ${path}; exec sleep 600`, {}, stop.signal);
  const refused = expect(running).rejects.toEqual(code('SMBSTATUS_STOPPED'));
  while (!existsSync(path) || readFileSync(path, 'utf8') === '') await sleep(5);
  stop.abort();
  await refused;
  expect(existsSync(`/proc/${readFileSync(path, 'utf8').trim()}`)).toBe(false);
  await expect(run(`touch ${folder.file('again')}`, {}, stop.signal)).rejects.toEqual(code('SMBSTATUS_STOPPED'));
  expect(existsSync(folder.file('again'))).toBe(false);
});
