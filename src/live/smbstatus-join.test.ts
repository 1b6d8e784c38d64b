import { describe, expect, test } from 'vitest';
import type { SmbstatusAnswer, SmbstatusSession } from '../samba/smbstatus/index.ts';
import { formatLocation } from '../sessions/index.ts';
import { joinSmbstatus, type SmbstatusContext } from './smbstatus-join.ts';

const context: SmbstatusContext = {
  instance: 3,
  isDomainMember: false,
  netbiosName: 'FILES',
  guestAccount: 'nobody',
  forcedShares: new Set(),
};

const serverId = { pid: 4711, uniqueId: 9n };

function session(sessionGlobalId: number, changes: Partial<SmbstatusSession> = {}): SmbstatusSession {
  return {
    sessionGlobalId,
    serverId,
    uid: 20_001,
    gid: 20_001,
    userName: 'alice',
    dialect: 'SMB3_11',
    encryption: 'none',
    createdAt: null,
    authenticatedAt: null,
    expiresAt: null,
    channels: [{ remoteAddress: 'ipv4:192.0.2.7:49152', localAddress: null, createdAt: null }],
    ...changes,
  };
}

type Tcon = SmbstatusAnswer['tcons'][number];
const tcon = (sessionGlobalId: number, shareName: string, encryption: Tcon['encryption'] = 'none'): Tcon => ({
  sessionGlobalId,
  shareName,
  connectedAt: 5,
  encryption,
});
const open = (uid: number, pid = 4711) => ({ serverId: { pid, uniqueId: 9n }, uid });

const join = (answer: Partial<SmbstatusAnswer>, changes: Partial<SmbstatusContext> = {}) =>
  joinSmbstatus({ sessions: [], tcons: [], opens: [], numUnread: 0, ...answer }, { ...context, ...changes });

describe('sessions as smbstatus lists them', () => {
  test('ordered, with locations that end in 0, and without those that are not logged in yet', () => {
    const sessions = join({ sessions: [session(20), session(3), session(7, { uid: null })] });
    expect(sessions.map(({ location }) => formatLocation(location))).toEqual(['3.3.0', '3.20.0']);
  });

  test('what is not said is null, or unknown', () => {
    expect(join({ sessions: [session(1)], tcons: [tcon(1, 'docs'), tcon(1, 'IPC$')] })).toMatchObject([
      {
        user: { domain: 'LOCAL', authId: null, sid: null, uid: 20_001, name: 'alice' },
        isGuest: false,
        openedAt: null,
        authenticatedAt: null,
        lastActiveAt: null,
        idleCertainty: 'unknown',
        dialect: '3.1.1',
        channels: [{ client: { address: '192.0.2.7', port: 49_152 }, server: null, openedAt: null }],
        treeConnects: [{ shareName: 'docs' }, { shareName: 'IPC$' }],
        shareNames: ['docs'],
        pid: 4711,
      },
    ]);
  });

  test('the account of guests makes one', () => {
    const sessions = [session(1, { userName: 'ftp' }), session(2)];
    expect(join({ sessions }, { guestAccount: 'ftp' }).map(({ isGuest }) => isGuest)).toEqual([true, false]);
  });

  test('on a member of a domain, only the name tells whose account it is', () => {
    const names = ['CORP\\carol', 'FILES\\root', 'dave'];
    const sessions = join({ sessions: names.map((userName, i) => session(i, { userName })) }, { isDomainMember: true });
    expect(sessions.map(({ user: { domain, name, authId } }) => `${domain} ${name} ${authId}`)).toEqual([
      'ACTIVE_DIRECTORY CORP\\carol null',
      'LOCAL root null',
      `POSIX_USER dave ${(3n << 32n) + 20_001n}`,
    ]);
  });

  test('open files go by process and user: an upper bound where several sessions have both', () => {
    const bob = { uid: 20_002, userName: 'bob' };
    const sessions = join({
      sessions: [session(1), session(2), session(3, bob), session(4, { ...bob, serverId: { pid: 5, uniqueId: 9n } })],
      tcons: [tcon(1, 'docs'), tcon(1, 'IPC$')],
      opens: [open(20_001), open(20_001), open(20_002), open(20_002, 6)],
    });
    const counts = sessions.map(({ numOpens, numOpensCertainty }) => `${numOpens} ${numOpensCertainty}`);
    expect(counts).toEqual(['2 upper_bound', '2 upper_bound', '1 exact', '0 exact']);
  });

  test('a share with "force user" makes opens of another user possible ones of its session', () => {
    const answer = {
      sessions: [session(1), session(2, { uid: 20_002 })],
      tcons: [tcon(1, 'Forced')],
      opens: [open(20_002)],
    };
    const [first, second] = join(answer, { forcedShares: new Set(['forced']) });
    expect([first!.numOpens, first!.numOpensCertainty]).toEqual([1, 'upper_bound']);
    expect([second!.numOpens, second!.numOpensCertainty]).toEqual([1, 'upper_bound']);
  });

  test.each([
    ['none', [], 'none'],
    ['partial', [], 'full'],
    ['partial', ['full'], 'full'],
    ['partial', ['full', 'none'], 'partial'],
    ['none', ['full', 'full'], 'full'],
    ['none', ['none', 'partial'], 'partial'],
    ['none', ['none'], 'none'],
  ] as const)('a session %s encrypted with shares %j is so: %s', (degree, shares, level) => {
    const tcons = [...shares.map((share, i) => tcon(1, `share${i}`, share)), tcon(1, 'IPC$')];
    expect(join({ sessions: [session(1, { encryption: degree })], tcons })).toMatchObject([{ encryption: level }]);
  });
});
