import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tdbImage } from '../../../test/support/tdb/index.ts';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { DecodeError } from '../bytes/index.ts';
import { readRegistry, readShareSecurity } from './index.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

const u32 = (value: number) => Buffer.from([value, value >>> 8, value >>> 16, value >>> 24]);
const text = (value: string) => Buffer.from(`${value}\0`);
const wide = (value: string) => Buffer.from(`${value}\0`, 'utf16le');

function write(name: string, records: Readonly<Record<string, Buffer>>): void {
  folder.file(name, tdbImage(Object.entries(records).map(([key, data]) => [text(key), data])).bytes);
}

describe('readRegistry', () => {
  const base = 'HKLM\\SOFTWARE\\SAMBA\\SMBCONF';
  const value = (name: string, type: number, data: Buffer) =>
    Buffer.concat([text(name), u32(type), u32(data.length), data]);
  const subkeys = Buffer.concat([u32(3), text('one'), text('Größe'), text('empty')]);
  const values = Buffer.concat([
    u32(4),
    value('includes', 7, Buffer.concat([wide('/a'), wide('/b'), wide('')])),
    value('path', 1, wide('/srv/größe')),
    value('number', 4, u32(1)),
    value('comment', 1, wide('')),
  ]);
  const records = {
    'INFO/version': u32(3),
    [base]: subkeys,
    [`SAMBA_REGVAL\\${base}\\ONE`]: u32(0),
    // One letter stays one: ß has no capital.
    [`SAMBA_REGVAL\\${base}\\GRÖßE`]: values,
    'SAMBA_REGVAL\\HKLM\\SOFTWARE\\OTHER': Buffer.from('not ours'),
  };

  test('shares in the order of their key, with their values, includes last', () => {
    write('registry.tdb', records);
    expect(readRegistry(folder.path)).toEqual([
      { name: 'one', values: [] },
      {
        name: 'Größe',
        values: [
          ['path', '/srv/größe'],
          ['comment', ''],
          ['include', '/a'],
          ['include', '/b'],
        ],
      },
      { name: 'empty', values: [] },
    ]);
  });

  test('no file is no shares; another version is refused', () => {
    expect(readRegistry(folder.path)).toEqual([]);
    write('registry.tdb', { ...records, 'INFO/version': u32(4) });
    expect(() => readRegistry(folder.path)).toThrow(expect.objectContaining({ code: 'RECORD_BAD_VERSION' }));
  });

  test.each([
    ['names', base, subkeys],
    ['values', `SAMBA_REGVAL\\${base}\\GRÖßE`, values],
  ])('%s that end early are refused', (_, key, data) => {
    for (let length = 0; length < data.length; length++) {
      write('registry.tdb', { ...records, [key]: data.subarray(0, length) });
      expect(() => readRegistry(folder.path), `${length} bytes`).toThrow(DecodeError);
    }
  });

  test('a count beyond all bounds ends with the bytes', () => {
    write('registry.tdb', { ...records, [base]: Buffer.concat([u32(0xffffffff), text('one')]) });
    expect(() => readRegistry(folder.path)).toThrow(DecodeError);
  });
});

describe('readShareSecurity', () => {
  const open = Buffer.from('01000080000000000000000000000000 00000000'.replace(' ', ''), 'hex');

  test('by name in lower case; one that is broken stands for itself', () => {
    write('share_info.tdb', {
      'INFO/version': u32(3),
      'SECDESC/Größe': open,
      'SECDESC/broken': open.subarray(0, 9),
    });
    const security = readShareSecurity(folder.path);
    expect([...security.keys()].sort()).toEqual(['broken', 'größe']);
    expect(security.get('größe')).toBeNull();
    expect(security.get('broken')).toBeInstanceOf(DecodeError);
  });

  test('no file is no security; another version is refused', () => {
    expect(readShareSecurity(folder.path)).toEqual(new Map());
    write('share_info.tdb', { 'INFO/version': u32(4) });
    expect(() => readShareSecurity(folder.path)).toThrow(expect.objectContaining({ code: 'RECORD_BAD_VERSION' }));
  });
});
