import { describe, expect, test } from 'vitest';
import { someSession, sparseSession } from '../../test/support/sessions.ts';
import type { Session } from '../sessions/index.ts';
import { formatDetails } from './session-details.ts';

const at = 1_795_556_400_000_000 + 7_384_000_000;
const [channel] = someSession(1).channels;

const rich = someSession(1_261_944_982, {
  user: { ...someSession(1).user, name: '王小明 a\u001b[2Jb' },
  isGuest: true,
  authenticatedAt: null,
  expiresAt: at + 3_600_000_000,
  lastActiveAt: at - 312_000_000,
  idleCertainty: 'lower_bound',
  encryption: 'partial',
  channels: [
    channel,
    { client: { address: '2001:db8::7', port: 50_124 }, server: { address: '2001:db8::1', port: 445 }, openedAt: null },
  ],
  treeConnects: [
    { shareName: '文档', openedAt: at - 60_000_000, encryption: 'full' },
    { shareName: 'IPC$', openedAt: null, encryption: 'none' },
  ],
  numOpens: 15,
  numOpensCertainty: 'upper_bound',
});

const groupOf = (name: string, changes: Partial<Session>) =>
  formatDetails(someSession(1, changes), { at, colour: false, width: null })
    .split('\n\n')
    .find((group) => group.startsWith(name))!
    .trimEnd();

describe('one session', () => {
  test('in 80 columns', () => {
    expect(formatDetails(rich, { at, colour: false, width: 80 })).toMatchInlineSnapshot(`
      "Location
        1.1261944982.134400300000000000

      User
        Name:      王小明 a\\x1b[2Jb
        Domain:    LOCAL
        Logged in: as guest
        uid:       20001
        gid:       20001
        SID:       S-1-5-21-1-2-3-1000
        auth_id:   1000

      Connections, 2
        192.0.2.77:50123 -> 192.0.2.1:445, since 2026-11-24T21:40:00Z (2h03m ago)
        [2001:db8::7]:50124 -> [2001:db8::1]:445, since unknown

      Session
        Opened:        2026-11-24T21:40:00Z (2h03m ago)
        Authenticated: unknown
        Expires:       2026-11-25T00:43:04Z (in 1h00m)
        Dialect:       SMB 3.1.1
        Encryption:    partial: some of it goes plain

      Shares
        SHARE  CONNECTED               AGE  ENCRYPTION
        文档   2026-11-24T23:42:04Z  1m00s  full
        IPC$   ?                         ?  none

      Open files
        at most 15: all that is known of an open file is whose it is and which process
        serves it, so some may belong to another session on the same connection, and
        some may be named pipes

      Idle
        at least 5m12s, since 2026-11-24T23:37:52Z: what came then may have been a
        sign of life, or for another session on the same connection

      Server process
        pid 4711
      "
    `);
  });

  test('without limit', () => {
    expect(formatDetails(someSession(1), { at, colour: false, width: null })).toMatchInlineSnapshot(`
      "Location
        1.1.134400300000000000

      User
        Name:    alice
        Domain:  LOCAL
        uid:     20001
        gid:     20001
        SID:     S-1-5-21-1-2-3-1000
        auth_id: 1000

      Connection
        192.0.2.77:50123 -> 192.0.2.1:445, since 2026-11-24T21:40:00Z (2h03m ago)

      Session
        Opened:        2026-11-24T21:40:00Z (2h03m ago)
        Authenticated: 2026-11-24T21:40:00Z (2h03m ago)
        Expires:       never
        Dialect:       SMB 3.1.1
        Encryption:    none: all of it goes plain

      Shares
        SHARE  CONNECTED  AGE  ENCRYPTION
        docs   ?            ?  none

      Open files
        2

      Idle
        unknown

      Server process
        pid 4711
      "
    `);
  });

  test('a narrow terminal breaks lines, but never a location', () => {
    const narrow = formatDetails(rich, { at, colour: false, width: 40 });
    expect(narrow).toContain('\n  1.1261944982.134400300000000000\n');
    expect(narrow).toContain('\n  [2001:db8::7]:50124 ->\n');
  });

  test('only titles are bold', () => {
    const coloured = formatDetails(rich, { at, colour: true, width: 80 });
    expect(coloured.replace(/^\u001b\[1m(.*)\u001b\[22m$/gm, '$1')).toBe(
      formatDetails(rich, { at, colour: false, width: 80 }),
    );
  });

  test.each<[string, Partial<Session>, string]>([
    ['Open files', { numOpensCertainty: 'exact' }, '2'],
    ['Open files', { numOpensCertainty: 'lower_bound' }, 'at least 2'],
    ['Open files', { numOpensCertainty: 'unknown' }, 'unknown'],
    ['Idle', {}, 'unknown'],
    ['Idle', { lastActiveAt: at, idleCertainty: 'unknown' }, 'unknown'],
    ['Idle', { lastActiveAt: at, idleCertainty: 'upper_bound' }, 'at most 0s, since 2026-11-24T23:43:04Z'],
    ['Idle', { lastActiveAt: at - 7_000_000, idleCertainty: 'exact' }, '7s, since 2026-11-24T23:42:57Z'],
    ['Shares', { treeConnects: [] }, 'none'],
  ])('%s, %j: %s', (name, changes, text) => {
    expect(groupOf(name, changes)).toBe(`${name}\n  ${text}`);
  });

  test('what is not known is said to be so', () => {
    expect(groupOf('Connection', sparseSession(5))).toContain('192.0.2.77:50123 -> unknown, since unknown');
    expect(groupOf('Session', sparseSession(5)).match(/unknown/g)).toHaveLength(3); // opened, authenticated, expires
    expect(groupOf('Session', {})).toMatch(/Expires: +never/);
  });

  test('what is old or anonymous', () => {
    expect(groupOf('Session', { dialect: 'NT1' })).toContain('SMB1 (NT1)');
    expect(groupOf('User', { isAnonymous: true })).toMatch(/Logged in: +anonymously/);
  });
});
