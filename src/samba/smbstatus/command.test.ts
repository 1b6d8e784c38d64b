import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { SambaInstance } from '../conf/index.ts';
import { smbstatusCommand } from './command.ts';

const isRoot = process.getuid?.() === 0;
const refused = expect.objectContaining({ code: 'SMBSTATUS_UNAVAILABLE' });

const instance = (pid: number | null, root: string): SambaInstance => ({
  pid,
  smbConfPath: null,
  root,
  lockDirectory: '/run/samba',
  isClustered: false,
  sharesPidNamespace: true,
  netbiosName: 'SERVER',
  isDomainMember: false,
  forcedShares: 'unknown',
  confFiles: [],
});

/** A process that stands in for smbd; it is there once it has said so. */
async function start(...words: readonly string[]): Promise<{ child: ChildProcess } & AsyncDisposable> {
  const script = 'echo; read line';
  const [program, ...args] = [...words, 'sh', '-c', script, 'smbd', '-s', '/etc/samba/a.conf'];
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout!, 'data');
  return {
    child,
    [Symbol.asyncDispose]: async () => {
      child.stdin!.end();
      await once(child, 'exit');
    },
  };
}

test('without a running smbd nobody can be asked', () => {
  expect(() => smbstatusCommand(instance(null, ''))).toThrow(refused);
});

test.skipIf(!isRoot)(
  "root's own smbd is asked with its configuration, in its root folder where that is another",
  async () => {
    await using smbd = await start();
    const pid = smbd.child.pid!;
    const asked = [
      expect.stringMatching(/(^|\/)smbstatus$/),
      '-s',
      '/etc/samba/a.conf',
      '--option=panic action=',
      '--json',
    ];
    expect(smbstatusCommand(instance(pid, ''))).toEqual(asked);
    const enter = ['nsenter', `--mount=/proc/${pid}/ns/mnt`, `--root=/proc/${pid}/root`, '--'];
    expect(smbstatusCommand(instance(pid, `/proc/${pid}/root`))).toEqual([...enter, ...asked]);
  },
);

test.skipIf(!isRoot)('what calls itself smbd, and is not root, gets nothing run', async () => {
  await using smbd = await start('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups');
  expect(() => smbstatusCommand(instance(smbd.child.pid!, ''))).toThrow(refused);
});

test.skipIf(!isRoot)(
  'an smbd elsewhere, with fewer rights than ours, as in a container, gets nothing run',
  async () => {
    await using smbd = await start('setpriv', '--bounding-set=-sys_ptrace', '--inh-caps=-sys_ptrace');
    const pid = smbd.child.pid!;
    expect(() => smbstatusCommand(instance(pid, `/proc/${pid}/root`))).toThrow(refused);
    expect(smbstatusCommand(instance(pid, ''))).toContain('--json');
  },
);
