import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { globalParameter, isYes, locateInstance, readSmbConf } from './index.ts';

function withFiles<T>(files: Record<string, string>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'smbwho-conf-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('smb.conf', () => {
  test('names are compared as Samba does, comments and continued lines are read as Samba does', () => {
    const text =
      '; c\n# c \\\n[Global]\n Lock Directory = /a b/c\n  NETBIOS\tname=x\\\ny\n[docs]\npath = /d\nlock dir = /no\n';
    withFiles({ 'smb.conf': text }, (folder) => {
      const conf = readSmbConf(join(folder, 'smb.conf'));
      expect(globalParameter(conf, 'lock dir', 'lock directory')).toBe('/a b/c');
      expect(globalParameter(conf, 'netbios name')).toBe('x y');
      expect(conf.sections.get('docs')?.get('path')).toBe('/d');
    });
  });

  test('includes are followed in place, those with macros, missing ones and loops passed over', () => {
    const files = {
      'smb.conf':
        '[global]\nclustering = no\ninclude = more.conf\ninclude = /x/%m.conf\ninclude = missing.conf\nlock directory = /late\n',
      'more.conf': 'clustering = yes\nlock directory = /early\ninclude = more.conf\n',
    };
    withFiles(files, (folder) => {
      const conf = readSmbConf(join(folder, 'smb.conf'));
      expect(isYes(globalParameter(conf, 'clustering'))).toBe(true);
      expect(globalParameter(conf, 'lock directory')).toBe('/late');
    });
  });

  test('an instance is what its configuration says', () => {
    const text =
      '[global]\nlock directory = /srv/lock\nclustering = Yes\nsecurity = ADS\nnetbios name = fileserver\nrealm = EX.TEST\nworkgroup = EX\n';
    withFiles({ 'smb.conf': text }, (folder) => {
      expect(locateInstance(join(folder, 'smb.conf'))).toMatchObject({
        lockDirectory: '/srv/lock',
        isClustered: true,
        isDomainMember: true,
        netbiosName: 'FILESERVER',
        directory: { name: 'EX', dnsName: 'EX.TEST' },
      });
    });
  });

  test('a configuration that is not there is a named error', () => {
    expect(() => locateInstance('/nonexistent/smb.conf')).toThrow(
      expect.objectContaining({
        code: 'SMB_CONF_UNREADABLE',
        message: expect.stringContaining('/nonexistent/smb.conf'),
      }),
    );
  });
});
