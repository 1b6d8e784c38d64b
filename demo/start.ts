import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LocalSource } from '../src/live/index.ts';
import { locateInstance } from '../src/samba/conf/index.ts';
import { PrivateSamba } from '../test/support/samba/index.ts';
import { chooseDemo, type Machine, waysToARealOne } from './choose-demo.ts';
import { endSignal } from './end-signal.ts';
import { installSamba } from './install-samba.ts';
import { findProgram } from './programs.ts';
import { lastingFolders, serveProgram, temporaryFolders } from './serve-program.ts';
import { demoServer, inviteVisitors } from './visitors/index.ts';

/** `npm start`: serves the Samba that runs here, else a private one with visitors, else the recording of one. */
const usage = `Usage: npm start [-- OPTION...]
  --demo      a private Samba with visitors, whatever runs here (needs root)
  --recorded  the recording of one, whatever runs here
  --yes       install what is missing without asking
  --help      this text`;
const borrowedAccounts =
  'no mount namespace can be had here, so accounts of this system (daemon, bin, …) stand in for alice and the others';
const recordingFolder = fileURLToPath(new URL('recording', import.meta.url));

async function main(): Promise<number> {
  const wishes = readWishes();
  if (wishes === null) return 2;
  if (wishes.help) {
    console.log(usage);
    return 0;
  }
  const signal = endSignal();
  const machine = await lookAround();
  const choice = chooseDemo(wishes, machine);
  if (choice === 'running') return serveRunning(machine, signal);
  console.log(`smbwho: ${whyNotRunning(wishes, machine)}`);
  if (choice === 'install') {
    const failure = await installSamba(wishes.yes, signal);
    if (signal.aborted) return 130;
    if (failure !== null) console.log(`smbwho: samba was not installed: ${failure}`);
  }
  if (choice !== 'recorded' && existsSync('/usr/sbin/smbd')) {
    const code = await servePrivate(signal);
    if (code !== null || signal.aborted) return code ?? 130;
    return wishes.demo ? 1 : serveRecorded([], signal);
  }
  if (!wishes.demo) return serveRecorded(waysToARealOne(machine), signal);
  console.error(['smbwho: for the private Samba that --demo asks for:', ...waysToARealOne(machine)].join('\n  '));
  return 1;
}

function readWishes() {
  const option = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ options: { demo: option, recorded: option, yes: option, help: option } }).values;
  } catch (error) {
    console.error(`smbwho: ${(error as Error).message}\n${usage}`);
    return null;
  }
}

async function lookAround(): Promise<Machine> {
  using source = new LocalSource({ instance: 1, locate: () => locateInstance() });
  const [part] = (await source.refresh()).parts;
  return {
    unreadable: part!.takenAt === null ? part!.problems.map(({ message }) => message).join('; ') : null,
    isRoot: process.getuid?.() === 0,
    hasSmbd: existsSync('/usr/sbin/smbd'),
    hasApt: findProgram('apt-get') !== null,
    hasSudo: findProgram('sudo') !== null,
  };
}

function whyNotRunning({ demo, recorded }: { demo: boolean; recorded: boolean }, { unreadable }: Machine): string {
  if (recorded) return '--recorded was asked for';
  return demo ? '--demo was asked for' : `no Samba to serve here: ${unreadable}`;
}

function serveRunning({ isRoot }: Machine, signal: AbortSignal): Promise<number> {
  console.log('smbwho: serving the Samba that runs on this machine');
  return serveProgram([], lastingFolders(isRoot, homedir(), process.env.XDG_STATE_HOME), signal);
}

/** @returns the program's exit code, or null where there is no private Samba to serve */
async function servePrivate(signal: AbortSignal): Promise<number | null> {
  console.log('smbwho: starting a private Samba of its own on loopback, with visitors who come and go');
  await using stack = new AsyncDisposableStack();
  let samba: PrivateSamba;
  try {
    samba = stack.use(await PrivateSamba.start(demoServer));
    if (!samba.hasPrivateAccounts) console.log(`smbwho: ${borrowedAccounts}`);
    stack.use(await inviteVisitors(samba));
  } catch (error) {
    console.log(`smbwho: it did not start: ${(error as Error).message}`);
    return null;
  }
  return await serveProgram(['--smb-conf', samba.smbConf], temporaryFolders(), signal);
}

function serveRecorded(ways: readonly string[], signal: AbortSignal): Promise<number> {
  const forARealOne = ways.length === 0 ? [] : ['For a real one:', ...ways.map((way) => `  ${way}`)];
  console.log('smbwho: serving a RECORDING of a real Samba, over and over; every answer says so.');
  for (const line of forARealOne) console.log(line);
  return serveProgram(['--recording', recordingFolder], temporaryFolders(), signal);
}

process.exitCode = await main();
