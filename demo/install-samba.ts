import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { findProgram } from './programs.ts';

/** The services of Debian's package. They would serve the network; the demo has an smbd of its own on loopback. */
const services = ['smbd', 'nmbd', 'samba-ad-dc'];
const units = services.map((name) => `${name}.service`);
/** What invoke-rc.d asks before it starts a service, where there is no systemd. */
const policyPath = '/usr/sbin/policy-rc.d';
const policy = '#!/bin/sh\n# Put here by smbwho while it installs samba: starts no service.\nexit 101\n';
const install = ['apt-get', 'install', '-y', '--no-install-recommends', 'samba'];

/** One thing that is done to this machine. */
interface Measure {
  /** As it is told beforehand. */
  readonly text: string;
  run(signal: AbortSignal): Promise<void>;
  /** The command that takes it back for good, or null where it does not outlast the installation. */
  readonly undo: string | null;
}

/** What it takes to have smbd and none of its services, in order. */
function measures(): Measure[] {
  const list: Measure[] = [];
  if (findProgram('systemctl') !== null) {
    const words = ['systemctl', 'mask', ...units];
    const undo = `systemctl unmask ${units.join(' ')}`;
    list.push({ text: words.join(' '), run: (signal) => run(words, signal), undo });
  }
  const isPolicyNeeded = !existsSync('/run/systemd/system') && !existsSync(policyPath);
  if (isPolicyNeeded) {
    const text = `${policyPath}, which lets no service start, is put there until the installation is over`;
    list.push({ text, run: async () => writeFileSync(policyPath, policy, { mode: 0o755, flag: 'wx' }), undo: null });
  }
  list.push({ text: 'apt-get update', run: (signal) => run(['apt-get', 'update', '-q'], signal), undo: null });
  list.push({
    text: install.join(' '),
    run: (signal) => run([...install, '-q', '-o', 'Dpkg::Use-Pty=0'], signal),
    undo: 'apt-get purge --auto-remove samba',
  });
  if (findProgram('systemctl') === null && findProgram('update-rc.d') !== null) {
    const disable = async (signal: AbortSignal) => {
      for (const service of services) {
        if (existsSync(`/etc/init.d/${service}`)) await run(['update-rc.d', service, 'disable'], signal);
      }
    };
    const [text, undo] = ['disable', 'enable'].map((word) =>
      services.map((name) => `update-rc.d ${name} ${word}`).join('; '),
    );
    list.push({ text: text!, run: disable, undo: undo! });
  }
  return list;
}

/**
 * Installs Debian's smbd with its services masked, after asking where there is somebody to ask.
 *
 * @returns why it is not there afterwards, or null
 */
export async function installSamba(isAgreed: boolean, signal: AbortSignal): Promise<string | null> {
  const list = measures();
  console.log('smbwho: smbd is not installed. To have it, and none of its services running, this is done:');
  for (const { text } of list) console.log(`  ${text}`);
  console.log('To undo it, whatever of it you like:');
  for (const { undo } of list.toReversed()) if (undo !== null) console.log(`  ${undo}`);
  if (!isAgreed && process.stdin.isTTY && !(await ask('Install it? [y/N] ', signal))) return 'the answer was no';
  const hadPolicy = existsSync(policyPath);
  try {
    for (const measure of list) {
      signal.throwIfAborted();
      console.log(`smbwho: ${measure.text}`);
      await measure.run(signal);
    }
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    if (!hadPolicy) rmSync(policyPath, { force: true });
  }
}

/** Ctrl-C is an answer too. */
async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: false });
  try {
    return /^y(es)?$/i.test((await lines.question(question, { signal })).trim());
  } catch {
    return false;
  } finally {
    lines.close();
    process.stdin.unref();
  }
}

async function run([command, ...words]: readonly string[], signal: AbortSignal): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const child: ChildProcess = spawn(command!, words, { stdio: ['ignore', 'inherit', 'inherit'], env });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  try {
    const [status] = await once(child, 'exit');
    if (status !== 0) throw new Error(`${command} ${words[0]} ended with status ${status}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
