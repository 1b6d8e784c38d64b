import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { globalParameter, isYes, locateInstance, readSmbConf, readSmbConfLines } from './index.ts';

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
      expect(globalParameter(conf, 'netbios name')).toBe('xy');
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

  test('lines are kept in their order, blanks in a row are one, names of sections stay as they are', () => {
    const files = {
      'smb.conf':
        'a = 1\n[ Two  Words ]\npath = /x  y\\ \n  z\n[GLOBALS]\ninclude = .\ninclude = more\nno value\n[open\n',
      more: '[in]\nb = 2\ninclude = %m\n',
    };
    withFiles(files, (folder) => {
      expect(readSmbConfLines(join(folder, 'smb.conf')).statements).toEqual([
        { name: 'a', value: '1' },
        { section: ' Two Words ' },
        { name: 'path', value: '/x y z' },
        { section: 'global' },
        { section: 'in' },
        { name: 'b', value: '2' },
        { name: 'include', value: '%m' },
      ]);
    });
  });

  test('files that include each other come to an end, and say so', () => {
    withFiles({ 'smb.conf': 'include = smb.conf\ninclude = smb.conf\n' }, (folder) => {
      const { statements, files } = readSmbConfLines(join(folder, 'smb.conf'));
      expect(files.length).toBeLessThanOrEqual(1000);
      expect(statements.length).toBeGreaterThan(0);
      expect(new Set(statements.map((line) => JSON.stringify(line)))).toEqual(
        new Set([JSON.stringify({ name: 'include', value: 'smb.conf' })]),
      );
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
