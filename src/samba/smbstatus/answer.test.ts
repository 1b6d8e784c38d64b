import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAnswer } from './answer.ts';
import { SmbstatusError } from './error.ts';

const serverId = { pid: '4711', task_id: '0', vnn: '4294967295', unique_id: '18446744073709551615' };
/** As 4.17 writes it. */
const session = {
  session_id: '4294967295',
  server_id: serverId,
  uid: 20_001,
  gid: 20_002,
  username: 'alice',
  groupname: 'alice',
  remote_machine: '192.0.2.7',
  hostname: 'ipv4:192.0.2.7:49152',
  session_dialect: 'SMB3_11',
  encryption: { cipher: '-', degree: 'none' },
};
/** What 4.22 says besides. */
const later = {
  creation_time: '2026-11-25T00:22:52.731635+00:00',
  expiration_time: '30828-09-14T02:48:05.477581+00:00',
  auth_time: '2026-11-25T01:22:52.7+01:00',
  channels: {
    '1': {
      channel_id: '1',
      creation_time: '2026-11-25T00:22:52.731635+00:00',
      local_address: 'ipv6:::1:445',
      remote_address: 'ipv6:::1:49152',
    },
  },
};
const tcon = {
  service: 'docs',
  server_id: serverId,
  session_id: '4294967295',
  connected_at: '2026-11-25T00:22:53+00:00',
  encryption: { cipher: 'AES-128-GCM', degree: 'full' },
};
const file = { opens: { '4711/1': { server_id: serverId, uid: 20_001 }, '4711/2': { server_id: serverId, uid: 0 } } };

const parse = (sections: object) =>
  parseAnswer(JSON.stringify({ sessions: {}, tcons: {}, open_files: {}, ...sections }));

describe('smbstatus --json', () => {
  test('of 4.17: no times, no address of the server', () => {
    const answer = parse({ sessions: { a: session }, tcons: { b: tcon }, open_files: { '/srv/x': file } });
    expect(answer).toEqual({
      sessions: [
        {
          sessionGlobalId: 0xffff_ffff,
          serverId: { pid: 4711, uniqueId: 0xffff_ffff_ffff_ffffn },
          uid: 20_001,
          gid: 20_002,
          userName: 'alice',
          dialect: 'SMB3_11',
          encryption: 'none',
          createdAt: null,
          authenticatedAt: null,
          expiresAt: null,
          channels: [{ remoteAddress: 'ipv4:192.0.2.7:49152', localAddress: null, createdAt: null }],
        },
      ],
      tcons: [
        { sessionGlobalId: 0xffff_ffff, shareName: 'docs', connectedAt: 1_795_566_173_000_000, encryption: 'full' },
      ],
      opens: [
        { serverId: { pid: 4711, uniqueId: 0xffff_ffff_ffff_ffffn }, uid: 20_001 },
        { serverId: { pid: 4711, uniqueId: 0xffff_ffff_ffff_ffffn }, uid: 0 },
      ],
      numUnread: 0,
    });
  });

  test('of 4.22: times to the microsecond, never is null, channels have both addresses', () => {
    const [read] = parse({ sessions: { a: { ...session, ...later } } }).sessions;
    expect(read).toMatchObject({
      createdAt: 1_795_566_172_731_635,
      authenticatedAt: 1_795_566_172_700_000,
      expiresAt: null,
      channels: [{ remoteAddress: 'ipv6:::1:49152', localAddress: 'ipv6:::1:445', createdAt: 1_795_566_172_731_635 }],
    });
  });

  test.each([-1, 0xffff_ffff])('a login that is not complete has uid %d: null', (uid) => {
    expect(parse({ sessions: { a: { ...session, uid, gid: uid } } }).sessions).toMatchObject([
      { uid: null, gid: null },
    ]);
  });

  test('where names are looked up, hostname is one, and the bare address stands', () => {
    const [read] = parse({ sessions: { a: { ...session, hostname: 'pc.example' } } }).sessions;
    expect(read!.channels[0].remoteAddress).toBe('192.0.2.7');
  });

  test.each([
    ['session_id', 'x'],
    ['session_id', '4294967296'],
    ['server_id', null],
    ['username', 7],
    ['username', 'x'.repeat(5000)],
    ['session_dialect', undefined],
  ])('a session whose %s is %j is counted as unread, and the others stand', (key, value) => {
    const { sessions, numUnread } = parse({ sessions: { a: { ...session, [key]: value }, b: session } });
    expect([sessions.length, numUnread]).toEqual([1, 1]);
  });

  test.each([
    ['', 'SMBSTATUS_FAILED', 'no JSON'],
    ['(null)\n', 'SMBSTATUS_FAILED', 'no JSON'],
    ['{"sessions": {', 'SMBSTATUS_FAILED', 'no JSON'],
    ['[]', 'SMBSTATUS_FAILED', 'no object'],
    ['{"sessions": {}, "tcons": {}}', 'SMBSTATUS_FAILED', 'lacks'],
    ['\nSamba version 4.13.13-Debian\nPID     Username ', 'SMBSTATUS_UNAVAILABLE', '4.17'],
  ])('%j: %s', (text, code, message) => {
    expect(() => parseAnswer(text)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  test('whatever it writes, there is an answer or an error with a code', () => {
    const one = fc.jsonValue();
    const entry = fc.oneof(one, fc.record({ ...fcOf(session), ...fcOf(later), channels: one }, { requiredKeys: [] }));
    const section = fc.oneof(one, fc.dictionary(fc.string(), entry));
    fc.assert(
      fc.property(fc.record({ sessions: section, tcons: section, open_files: section }), (json) => {
        try {
          const { sessions, tcons, opens } = parseAnswer(JSON.stringify(json));
          for (const { sessionGlobalId } of [...sessions, ...tcons]) expect(sessionGlobalId).toBeLessThan(2 ** 32);
          expect(opens.every(({ uid }) => uid >= 0)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(SmbstatusError);
        }
      }),
    );
  });
});

/** Each of the keys with its own value, or with any. */
function fcOf(values: Readonly<Record<string, unknown>>): Record<string, fc.Arbitrary<unknown>> {
  const arbitraries = Object.entries(values).map(([key, value]) => [key, fc.oneof(fc.constant(value), fc.jsonValue())]);
  return Object.fromEntries(arbitraries);
}
