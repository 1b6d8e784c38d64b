import { expect, test } from 'vitest';
import { encodeFileClose } from './file-close.ts';

const to = { pid: 4711, taskId: 0, vnn: 0xffff_ffff, uniqueId: 0x1122_3344_5566_7788n };
const fileId = 'fe01000000000000' + 'a5b6c7d800000000' + '0000000000000000';

const header = [
  '0000000000000000', // cookie
  '6712000000000000', // to: pid
  '00000000', // task
  'ffffffff', // vnn
  '8877665544332211', // unique_id
  '00'.repeat(24), // from
  '13030000', // MSG_SMB_CLOSE_FILE
].join('');

test.each([
  ['ndr', 0x89ab_cdefn, `${fileId}efcdab890000000000`],
  ['raw', 0x0000_0105n, `${'00'.repeat(34)}${fileId}05010000${'00'.repeat(14)}`],
] as const)('the message that closes a file, %s', (form, shareFileId, payload) => {
  const message = encodeFileClose(fileId, { shareFileId }, form, to);
  expect(message.toString('hex')).toBe(header + payload);
  expect(message).toHaveLength(60 + (form === 'raw' ? 76 : 33));
});
