import { expect, test } from 'vitest';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import type { SambaInstance } from './instance.ts';
import { messageFolders } from './message-folders.ts';

const server: SambaInstance = {
  pid: null,
  smbConfPath: null,
  root: '/proc/7/root',
  lockDirectory: '/proc/7/root/run/samba',
  isClustered: false,
  sharesPidNamespace: true,
  netbiosName: 'SERVER',
  isDomainMember: false,
  forcedShares: new Set(),
  confFiles: [],
};

test('the sockets of its processes may be in the lock directory, or in the private one that is named', () => {
  using folder = new TemporaryFolder();
  const smbConfPath = folder.file('smb.conf', '[global]\n  private dir = /srv/private\n');
  expect(messageFolders({ ...server, smbConfPath })).toEqual([
    '/proc/7/root/run/samba/msg.sock',
    '/proc/7/root/srv/private/msg.sock',
  ]);
});

test('where none is named, they may be where any distribution has it', () => {
  for (const smbConfPath of [null, '/no/such/smb.conf']) {
    const [first, ...others] = messageFolders({ ...server, smbConfPath });
    expect(first).toBe('/proc/7/root/run/samba/msg.sock');
    expect(others).toContain('/proc/7/root/var/lib/samba/private/msg.sock');
    expect(others.every((path) => path.startsWith('/proc/7/root/'))).toBe(true);
  }
});
