import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tdbImage } from '../../../test/support/tdb/index.ts';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { readPassdb, readServerSid, readUnixAccounts } from './index.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

/** As Samba's long-lived databases are: with TDB's first hash, which the header does not name. */
function oldImage(records: readonly (readonly [string | Buffer, string | Buffer])[]): Buffer {
  const { bytes, offsets } = tdbImage(records.map(([key, data]) => [Buffer.from(key), Buffer.from(data)]));
  bytes.writeUInt32LE(0, 40);
  for (const at of offsets) bytes.writeUInt32LE(0x12345678, at + 16);
  return bytes;
}

test('accounts of passwd and group; what is no such line is passed over', () => {
  mkdirSync(folder.file('etc'));
  folder.file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n+@all\n王小明:x:1001:100::/:\nbad:x:one:1::/:\n\n');
  folder.file('etc/group', 'root:x:0:\nstaff:x:50:alice,bob\n');
  folder.file('etc/nsswitch.conf', 'passwd: files systemd winbind # sss\n');
  expect(readUnixAccounts(folder.path)).toEqual({
    users: [
      { name: 'root', uid: 0, gid: 0 },
      { name: '王小明', uid: 1001, gid: 100 },
    ],
    groups: [
      { name: 'root', gid: 0 },
      { name: 'staff', gid: 50 },
    ],
    isComplete: true,
  });
  folder.file('etc/nsswitch.conf', 'passwd: files [NOTFOUND=continue] sss\n');
  expect(readUnixAccounts(folder.path).isComplete).toBe(false);
  expect(readUnixAccounts(folder.file('nowhere'))).toEqual({ users: [], groups: [], isComplete: true });
});

describe('readPassdb', () => {
  test('passdb.tdb: names by RID, of those records alone', () => {
    const path = folder.file(
      'passdb.tdb',
      oldImage([
        ['RID_000003e8\0', 'alice\0'],
        ['RID_0000a030\0', '王小明\0'],
        ['USER_alice\0', Buffer.alloc(190, 7)],
        ['RID_zzzzzzzz\0', 'x\0'],
        ['NEXT_RID\0', Buffer.alloc(4)],
      ]),
    );
    expect(readPassdb({ backend: 'tdbsam', path })).toEqual(
      new Map([
        [1000, 'alice'],
        [0xa030, '王小明'],
      ]),
    );
  });

  test('smbpasswd: the RID comes from the uid', () => {
    const path = folder.file('smbpasswd', '# comment\nalice:20001:XX:YY:[U]:LCT-1:\nshort\n王小明:20004:XX:YY:');
    expect(readPassdb({ backend: 'smbpasswd', path })).toEqual(
      new Map([
        [41_002, 'alice'],
        [41_008, '王小明'],
      ]),
    );
  });

  test('none yet is no account; what can not be read is not known', () => {
    expect(readPassdb({ backend: 'tdbsam', path: folder.file('absent') })).toEqual(new Map());
    expect(readPassdb({ backend: 'tdbsam', path: folder.file('text', 'no TDB') })).toBeNull();
    expect(readPassdb({ backend: 'tdbsam', path: folder.path })).toBeNull();
    expect(readPassdb({ backend: 'other' })).toBeNull();
  });

  test('a file that ends within a record does not count', () => {
    const bytes = oldImage([['RID_000003e8\0', 'alice\0']]);
    expect(readPassdb({ backend: 'tdbsam', path: folder.file('torn', bytes.subarray(0, 730)) })).toBeNull();
  });
});

test('readServerSid: that of the name, and no other', () => {
  const sid = Buffer.alloc(68);
  sid.set([1, 4, 0, 0, 0, 0, 0, 5]);
  [21, 1, 2, 3_999_999_999].forEach((part, i) => {
    sid.writeUInt32LE(part, 8 + 4 * i);
  });
  const records = oldImage([
    ['SECRETS/SID/AD', Buffer.alloc(68)],
    ['SECRETS/SID/FILES', sid],
    ['SECRETS/MACHINE_PASSWORD/AD', 'secret'],
  ]);
  const path = folder.file('secrets.tdb', records);
  expect(readServerSid(path, 'FILES')).toBe('S-1-5-21-1-2-3999999999');
  expect(readServerSid(path, 'OTHER')).toBeNull();
  expect(readServerSid(path, 'AD')).toBeNull();
  expect(readServerSid(folder.file('absent'), 'FILES')).toBeNull();
});
