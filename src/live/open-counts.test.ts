import { describe, expect, test } from 'vitest';
import { someTime } from '../../test/support/records/index.ts';
import type { OpenGlobal, SessionGlobal } from '../samba/records/index.ts';
import type { TreeConnect } from '../sessions/index.ts';
import { type Connected, countOpens } from './open-counts.ts';

const process = (pid: number) => ({ pid, taskId: 0, vnn: 0xffff_ffff, uniqueId: BigInt(pid) });

function connected(id: number, pid: number, owner: string, shares: readonly string[]): Connected {
  const row: SessionGlobal = {
    version: 0,
    sessionGlobalId: id,
    sessionWireId: BigInt(id),
    creationTime: someTime,
    createdAt: 0,
    expirationTime: null,
    authTime: null,
    authSessionInfo: {
      userSid: owner,
      uid: 1,
      gid: 1,
      accountName: owner,
      userPrincipalName: null,
      domainName: null,
      dnsDomainName: null,
      unixName: null,
    },
    connectionDialect: 0x0311,
    signingFlags: 0,
    encryptionFlags: 0,
    encryptionCipher: null,
    channels: [{ serverId: process(pid), creationTime: 0, localAddress: '', remoteAddress: '' }],
  };
  const treeConnects = shares.map((shareName): TreeConnect => ({ shareName, openedAt: null, encryption: 'none' }));
  const shareNames = shares.filter((name) => name !== 'IPC$');
  return {
    row,
    owner,
    serverId: process(pid),
    trees: { treeConnects, shareNames, shareFlags: shareNames.map(() => 0) },
  };
}

const oldOpen = (pid: number, openOwner: string): OpenGlobal => ({
  openVolatileId: 1,
  openTime: null,
  serverId: process(pid),
  sessionGlobalId: null,
  tconGlobalId: null,
  openOwner,
  isDurable: false,
});

const counts = (
  opens: readonly OpenGlobal[],
  sessions: readonly Connected[],
  forced: ReadonlySet<string> | 'unknown',
) => {
  const count = countOpens(opens, new Map(), sessions, forced);
  return sessions.map((session) => {
    const { numOpens, certainty } = count(session);
    return `${numOpens} ${certainty}`;
  });
};

const none = new Set<string>();

describe('before 4.23, where an open names only its process and owner', () => {
  test('one session of a process has all of its opens, whoever owns them', () => {
    expect(counts([oldOpen(1, 'a'), oldOpen(1, 'other')], [connected(1, 1, 'a', ['x'])], 'unknown')).toEqual([
      '2 exact',
    ]);
  });

  test('with IPC$ connected, pipes may be among them', () => {
    const sessions = [connected(1, 1, 'a', ['x', 'IPC$']), connected(2, 2, 'b', ['IPC$'])];
    expect(counts([oldOpen(1, 'a')], sessions, none)).toEqual(['1 upper_bound', '0 exact']);
  });

  test('users of one connection are told apart by their SID', () => {
    const sessions = [connected(1, 1, 'a', ['x']), connected(2, 1, 'b', ['x'])];
    expect(counts([oldOpen(1, 'a'), oldOpen(1, 'a'), oldOpen(1, 'b')], sessions, none)).toEqual(['2 exact', '1 exact']);
  });

  test('two sessions of one user on one connection each get the sum', () => {
    const sessions = [connected(1, 1, 'a', ['x']), connected(2, 1, 'a', ['x']), connected(3, 1, 'b', ['x'])];
    expect(counts([oldOpen(1, 'a'), oldOpen(1, 'a')], sessions, none)).toEqual([
      '2 upper_bound',
      '2 upper_bound',
      '0 exact',
    ]);
  });

  test('where a share forces another user, nobody connected to it gets too few', () => {
    const sessions = [connected(1, 1, 'a', ['Forced']), connected(2, 1, 'b', ['x'])];
    const opens = [oldOpen(1, 'b'), oldOpen(1, 'b')]; // one by each, both owned by b
    expect(counts(opens, sessions, new Set(['forced']))).toEqual(['2 upper_bound', '2 upper_bound']);
    expect(counts(opens, sessions, 'unknown')).toEqual(['2 upper_bound', '2 upper_bound']);
  });

  test('opens of an owner without a session may be anybody’s of the process', () => {
    const sessions = [connected(1, 1, 'a', ['x']), connected(2, 1, 'b', ['x']), connected(3, 2, 'c', ['x'])];
    expect(counts([oldOpen(1, 'stranger'), oldOpen(1, 'a')], sessions, none)).toEqual([
      '2 upper_bound',
      '1 upper_bound',
      '0 exact',
    ]);
  });
});

describe('since 4.23, where an open names its session and tree connect', () => {
  test('exact, without pipes and disconnected ones', () => {
    const tcon = { tconGlobalId: 0, sessionGlobalId: 1, creationTime: 0, encryptionFlags: 0, signingFlags: 0 };
    const tcons = new Map([
      [5, { value: { ...tcon, shareName: 'x' } }],
      [6, { value: { ...tcon, shareName: 'IPC$' } }],
    ]);
    const open = (sessionGlobalId: number, tconGlobalId: number): OpenGlobal => ({
      ...oldOpen(1, ''),
      sessionGlobalId,
      tconGlobalId,
      openOwner: null,
    });
    const gone = { ...open(1, 5), serverId: { pid: 2 ** 64, taskId: 0xffff_ffff, vnn: 0xffff_ffff, uniqueId: 0n } };
    const sessions = [connected(1, 1, 'a', ['x', 'IPC$']), connected(2, 1, 'a', ['x'])];
    const count = countOpens([open(1, 5), open(1, 6), open(1, 7), open(2, 5), gone], tcons, sessions, 'unknown');
    expect(count(sessions[0]!)).toEqual({ numOpens: 2, certainty: 'exact' });
    expect(count(sessions[1]!)).toEqual({ numOpens: 1, certainty: 'exact' });
  });
});
