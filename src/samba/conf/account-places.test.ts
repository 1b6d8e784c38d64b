import { expect, test } from 'vitest';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { locateAccounts } from './account-places.ts';
import type { SambaInstance } from './instance.ts';

function placesOf(globals: string, root = '') {
  using folder = new TemporaryFolder();
  const smbConfPath = folder.file('smb.conf', `[global]\n${globals}`);
  const instance: Pick<SambaInstance, 'smbConfPath' | 'root'> = { smbConfPath, root };
  return locateAccounts(instance as SambaInstance);
}

test('as the configuration says, seen from its root folder', () => {
  const globals = 'private dir = /srv/private\nwinbindd socket directory = /srv/wb\nguest account = visitor\n';
  expect(placesOf(globals, '/proc/7/root')).toEqual({
    winbinddSocket: '/proc/7/root/srv/wb/pipe',
    passdb: { backend: 'tdbsam', path: '/proc/7/root/srv/private/passdb.tdb' },
    secrets: '/proc/7/root/srv/private/secrets.tdb',
    guestAccount: 'visitor',
  });
});

test.each([
  ['passdb backend = smbpasswd', { backend: 'smbpasswd', path: '/p/smbpasswd' }],
  ['passdb backend = smbpasswd:/srv/passwords', { backend: 'smbpasswd', path: '/srv/passwords' }],
  ['passdb backend = tdbsam:"/srv/a.tdb"', { backend: 'tdbsam', path: '/srv/a.tdb' }],
  ['passdb backend = ldapsam:ldap://x', { backend: 'other' }],
  ['server role = active directory domain controller', { backend: 'other' }],
])('%s', (line, passdb) => {
  expect(placesOf(`private dir = /p\n${line}\n`).passdb).toEqual(passdb);
});

test("a domain controller's accounts are the domain's", () => {
  expect(placesOf('server role = active directory domain controller\n').secrets).toBeNull();
});

test('where nothing is said, where Debian has it', () => {
  expect(placesOf('', '/nowhere')).toEqual({
    winbinddSocket: '/nowhere/run/samba/winbindd/pipe',
    passdb: { backend: 'tdbsam', path: '/nowhere/var/lib/samba/private/passdb.tdb' },
    secrets: '/nowhere/var/lib/samba/private/secrets.tdb',
    guestAccount: 'nobody',
  });
});
