import { describe, expect, test } from 'vitest';
import { encodeMessage } from './message.ts';
import { encodeSessionClose } from './session-close.ts';

const to = { pid: 4711, taskId: 0, vnn: 0xffff_ffff, uniqueId: 0x1122_3344_5566_7788n };
const session = {
  sessionGlobalId: 0x89ab_cdef,
  sessionWireId: 0x0102_0304_89ab_cdefn,
  creationTime: 134_400_300_502_777_410n,
};

const header = [
  '0000000000000000', // cookie
  '6712000000000000', // to: pid
  '00000000', // task
  'ffffffff', // vnn
  '8877665544332211', // unique_id
  '00'.repeat(24), // from
  '00060000', // MSG_SMBXSRV_SESSION_CLOSE
];

const creationTime = (() => {
  const digits = session.creationTime.toString(16).padStart(16, '0');
  return digits.match(/../g)!.toReversed().join('');
})();

describe('the message that ends a session', () => {
  test.each([
    [0, '00000000', '00000200'],
    [1, '01000000', 'f1aef1ae'],
  ] as const)('of records of version %i', (version, word, pointer) => {
    const message = encodeSessionClose({ version, ...session }, to);
    const payload = [
      word, // version
      '00000000', // reserved
      word, // arm
      pointer,
      'efcdab89', // old_session_global_id
      '00000000',
      'efcdab8904030201', // old_session_wire_id
      creationTime, // old_creation_time
      '0000000000000000', // new_session_wire_id
    ];
    expect(message.toString('hex')).toBe([...header, ...payload].join(''));
    expect(message).toHaveLength(108);
  });

  test('of an SMB1 session, whose wire id is of 16 bits', () => {
    const message = encodeSessionClose({ version: 0, ...session, sessionWireId: 0xfffen }, to);
    expect(message.toString('hex', 84, 92)).toBe('feff000000000000');
  });

  test('no message is longer than a datagram of theirs', () => {
    expect(encodeMessage(to, 1, Buffer.alloc(964))).toHaveLength(1024);
    expect(() => encodeMessage(to, 1, Buffer.alloc(965))).toThrow(RangeError);
  });
});
