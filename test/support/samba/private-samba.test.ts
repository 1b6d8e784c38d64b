import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { noSamba, noSmbd } from '../requirements.ts';
import { isAlive, PrivateSamba } from './index.ts';

vi.setConfig({ testTimeout: 30_000 });

describe('with accounts of its own', () => {
  beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

  test('smbstatus and tdbdump see who has logged in, and stop leaves nothing behind', async () => {
    const samba = await PrivateSamba.start({
      users: [
        { name: 'alice', group: 'team' },
        { name: '王小明', password: '密碼', group: 'team' },
      ],
      shares: [{ name: 'public' }, { name: '文件', options: { 'guest ok': 'no' } }],
    });
    const alice = await samba.smbclient({ share: 'public', user: 'alice' });
    const ming = await samba.smbclient({ share: '文件', user: '王小明', host: samba.addresses.at(-1)! });
    const guest = await samba.smbclient({ share: 'public' });
    expect(await alice.run('put /etc/hostname "a file"')).toContain('putting file');
    expect(await alice.run('open "a file"')).toContain('fnum 1');

    const status = await samba.smbstatus();
    const sessions = Object.values(status.sessions);
    expect(sessions.map(({ uid, username, groupname }) => [uid, username, groupname]).toSorted()).toEqual([
      [20001, 'alice', 'team'],
      [20002, '王小明', 'team'],
      [65534, 'nobody', 'nogroup'],
    ]);
    expect(Object.values(status.tcons).map(({ service }) => service)).toContain('文件');
    expect(Object.keys(status.open_files)).toEqual([join(samba.shares.get('public')!, 'a file')]);

    const records = await samba.tdbdump('smbXsrv_session_global.tdb');
    const ids = records.map(({ key }) => String(Number.parseInt(key.toString('hex'), 16)));
    expect(ids.toSorted()).toEqual(Object.keys(status.sessions).toSorted());
    expect(existsSync(join(samba.messageDirectory, sessions[0]!.server_id.pid))).toBe(true);

    const pids = [samba.pid!, ...samba.children(), alice.pid, ming.pid, guest.pid];
    await samba.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(samba.directory)).toBe(false);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(samba.directory);
  });

  test('two run side by side; one is killed and comes back', async () => {
    await using first = await PrivateSamba.start();
    await using second = await PrivateSamba.start();
    const pids = [first.pid!, ...first.children()];
    await first.kill();
    expect(first.pid).toBeUndefined();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(isAlive(second.pid!)).toBe(true);

    await first.restart();
    const client = await first.smbclient({ share: 'public', user: 'bob' });
    expect(await client.run('ls')).toContain('blocks available');
    await client.close();
    for (const pid of first.children()) first.signal(pid, 'SIGSTOP');
    expect(() => first.signal(second.pid!, 'SIGSTOP')).toThrow(/not of this smbd/);
  });

  test('it ends with its owner, however that dies', async () => {
    const { pid, directory } = await startInChild([]);
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(existsSync(directory)).toBe(false), { timeout: 5_000 });
  });
});

describe('in any case', () => {
  beforeEach(({ skip }) => skip(noSmbd !== null, noSmbd ?? ''));

  test('where mounts are forbidden, accounts of the system stand in', async () => {
    const noMounts = ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin'];
    const { pid, directory, names } = await startInChild(noMounts);
    expect(names).toEqual(['daemon', 'bin', 'games', 'mail']);
    process.kill(pid, 'SIGTERM');
    await vi.waitFor(() => expect(existsSync(directory)).toBe(false), { timeout: 5_000 });
  });

  test.each([
    [{ binary: '/nowhere/smbd' }, 'SAMBA_NOT_INSTALLED'],
    [{ directory: '/etc' }, 'SAMBA_BAD_OPTION'],
    [{ users: [{ name: 'a:b' }] }, 'SAMBA_BAD_OPTION'],
    [{ globals: { 'passdb backend': 'nonsense' } }, 'SAMBA_START_FAILED'],
  ])('%j fails with %s', async (options, code) => {
    await expect(PrivateSamba.start(options)).rejects.toMatchObject({ code });
  });
});

/** Starts a private Samba in another process, which holds a session and then waits. */
async function startInChild(prefix: readonly string[]): Promise<{ pid: number; directory: string; names: string[] }> {
  const script = `
    const { PrivateSamba } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
    const samba = await PrivateSamba.start();
    await samba.smbclient({ share: 'public', user: 'alice' });
    console.log(JSON.stringify({ pid: process.pid, directory: samba.directory, names: samba.users.map((u) => u.name) }));
    setInterval(() => {}, 1000);`;
  const [program, ...args] = [...prefix, process.execPath, '--input-type=module', '-e', script];
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const chunk of child.stdout) return JSON.parse(String(chunk));
  throw new Error('the child said nothing');
}
