import { expect, test } from 'vitest';
import { answerChallenge, encodeNegotiateMessage } from './ntlmssp.ts';
import { answerNtlmv2, hmacMd5, ntHash, ntlmv2Key } from './ntlmv2.ts';
import { utf16, WireWriter } from './wire-writer.ts';

// [MS-NLMP] 4.2.1 and 4.2.4.
const serverChallenge = Buffer.from('0123456789abcdef', 'hex');
const targetInfo = Buffer.from('02000c0044006f006d00610069006e0001000c0053006500720076006500720000000000', 'hex');

test('the NT hash of a password', () => {
  expect(ntHash('Password').toString('hex')).toBe('a4f49c406510bdcab6824ee7c30fd852');
});

test('the NTLMv2 key of a user', () => {
  expect(ntlmv2Key('User', 'Domain', 'Password').toString('hex')).toBe('0c868a403bfd7a93a3001ef22ef02e3f');
});

test('users are raised letter by letter', () => {
  expect(ntlmv2Key('straße', '', 'x')).toEqual(ntlmv2Key('STRAßE', '', 'x'));
  expect(ntlmv2Key('jörg', '', 'x')).toEqual(ntlmv2Key('JÖRG', '', 'x'));
});

test('the NTLMv2 answer and session key', () => {
  const { response, sessionKey } = answerNtlmv2({
    user: 'User',
    domain: 'Domain',
    password: 'Password',
    serverChallenge,
    clientChallenge: Buffer.alloc(8, 0xaa),
    targetInfo,
    time: 0n,
  });
  expect(response.subarray(0, 16).toString('hex')).toBe('68cd0ab851e51c96aabc927bebef6a1c');
  expect(sessionKey.toString('hex')).toBe('8de40ccadbc14a82f15cb0ad0de95ca3');
});

test('the integrity code covers all three messages', () => {
  const challenge = new WireWriter()
    .raw(Buffer.from('NTLMSSP\0'))
    .u32(2)
    .zeros(12)
    .raw(serverChallenge)
    .zeros(8)
    .u16(targetInfo.length)
    .u16(targetInfo.length)
    .u32(48)
    .raw(targetInfo)
    .finish();
  const negotiate = encodeNegotiateMessage();
  const { message, sessionKey } = answerChallenge({ user: 'jörg', password: 'пароль' }, negotiate, challenge);
  expect(message.includes(utf16('jörg'))).toBe(true);

  const code = Buffer.from(message.subarray(72, 88));
  message.fill(0, 72, 88);
  expect(code).toEqual(hmacMd5(sessionKey, negotiate, challenge, message));
});

test('an anonymous answer names nobody and has no key', () => {
  const { message, sessionKey } = answerChallenge({ anonymous: true, user: 'jörg' }, Buffer.of(), Buffer.of());
  expect(message.includes(utf16('jörg'))).toBe(false);
  expect(sessionKey).toHaveLength(0);
});
