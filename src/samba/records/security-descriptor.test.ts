import { describe, expect, test } from 'vitest';
import { DecodeError } from '../bytes/index.ts';
import { decodeDacl } from './index.ts';

/** As Samba's `sharesec -R S-1-1-0:ALLOWED/0x0/CHANGE,S-1-5-32-545:DENIED/0x0/READ,S-1-1-1:ALLOWED/0x0/FULL` stored it. */
const stored = Buffer.from(
  '0100048000000000000000000000000014000000020048000300000001001800a9001200010200000000000520000000210200000000' +
    '1400ff011300010100000000000100000000000014' +
    '00ff011f00010100000000000101000000',
  'hex',
);
const allowEveryone = '0000' + '1400' + 'ff011f00' + '0101000000000001' + '00000000';

function descriptor(acl: string, control = '0480', at = '14000000'): Buffer {
  return Buffer.from(`0100${control}${'00000000'.repeat(3)}${at}${acl}`, 'hex');
}

describe('decodeDacl', () => {
  test('entries in their order', () => {
    expect(decodeDacl(stored)).toEqual([
      { type: 'denied', accessMask: 0x1200a9, sid: 'S-1-5-32-545' },
      { type: 'allowed', accessMask: 0x1301ff, sid: 'S-1-1-0' },
      { type: 'allowed', accessMask: 0x1f01ff, sid: 'S-1-1-1' },
    ]);
  });

  test('every shorter one is refused', () => {
    for (let length = 0; length < stored.length; length++) {
      expect(() => decodeDacl(stored.subarray(0, length)), `${length} bytes`).toThrow(DecodeError);
    }
  });

  test('no list is another thing than an empty one', () => {
    expect(decodeDacl(descriptor('', '0080'))).toBeNull();
    expect(decodeDacl(descriptor('', '0480', '00000000'))).toBeNull();
    expect(decodeDacl(descriptor('0200080000000000'))).toEqual([]);
  });

  test('what is inherited only has no part; what is of another kind is told as such', () => {
    const inherited = allowEveryone.replace(/^0000/, '0008');
    const conditional = '0900' + '1800' + 'ff011f00' + '010100000000000100000000' + '61727478';
    const acl = `0400${'0000'}03000000${inherited}${conditional}${allowEveryone}`;
    expect(decodeDacl(descriptor(acl))).toEqual([
      { type: 'other', accessMask: 0x1f01ff, sid: null },
      { type: 'allowed', accessMask: 0x1f01ff, sid: 'S-1-1-0' },
    ]);
  });

  test.each([
    ['another revision', `02${stored.toString('hex').slice(2)}`, 'RECORD_BAD_VERSION'],
    ['not self-relative', descriptor('', '0400').toString('hex'), 'RECORD_BAD_VALUE'],
    ['a list beyond the end', descriptor('', '0480', 'ffffffff').toString('hex'), 'BYTES_TRUNCATED'],
    ['another revision of the list', descriptor('0300080000000000').toString('hex'), 'RECORD_BAD_VERSION'],
    ['more entries than there are', descriptor(`02000000ffffffff${allowEveryone}`).toString('hex'), 'BYTES_TRUNCATED'],
    [
      'an entry without length',
      descriptor('0200000001000000 0500 0000 00000000'.replaceAll(' ', '')).toString('hex'),
      'RECORD_BAD_VALUE',
    ],
    [
      'an entry shorter than its SID',
      descriptor(`0200000001000000${allowEveryone.replace('1400', '1000')}`).toString('hex'),
      'RECORD_BAD_VALUE',
    ],
    ['no SID', descriptor(`0200000001000000${allowEveryone.replace('0101', '01ff')}`).toString('hex'), 'NDR_BAD_SID'],
  ])('%s', (_, hex, code) => {
    expect(() => decodeDacl(Buffer.from(hex, 'hex'))).toThrow(expect.objectContaining({ code }));
  });
});
