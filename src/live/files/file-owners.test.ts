import { describe, expect, test } from 'vitest';
import type { OpenGlobal, SessionGlobal, ShareModeEntry, ShareModes, TconGlobal } from '../../samba/records/index.ts';
import type { Rows } from '../join.ts';
import { FileOwners, isForWriting } from './file-owners.ts';

const process = (pid: number) => ({ pid, taskId: 0, vnn: 0xffff_ffff, uniqueId: BigInt(pid) * 7n });

function session(sessionGlobalId: number, uid: number | null, pid = 1, hasChannel = true): SessionGlobal {
  const row = {
    sessionGlobalId,
    channels: hasChannel ? [{ serverId: process(pid) }] : [],
    authSessionInfo: uid === null ? null : { uid },
  };
  return row as unknown as SessionGlobal;
}

function entry(shareFileId: number, uid: number, pid = 1, changes: Partial<ShareModeEntry> = {}): ShareModeEntry {
  const serverId = process(pid);
  const plain = { opType: 0, leaseKey: null, accessMask: 0x89, shareAccess: 7, openedAt: shareFileId, nameHash: 0 };
  return { ...plain, serverId, shareFileId: BigInt(shareFileId), uid, ...changes };
}

function rowsOf<V>(values: readonly V[], key: (value: V) => number): Map<number, never> {
  return new Map(values.map((value) => [key(value), { value } as never]));
}

interface World {
  readonly sessions: readonly SessionGlobal[];
  readonly entries: readonly ShareModeEntry[];
  /** Open record to session. */
  readonly opens?: readonly (readonly [openGlobalId: number, sessionGlobalId: number | null, pid?: number])[];
  readonly tcons?: readonly Pick<TconGlobal, 'shareName' | 'sessionGlobalId'>[];
  readonly forced?: ReadonlySet<string> | 'unknown';
  /** Records that can't be read. */
  readonly unreadable?: { readonly opens?: readonly number[]; readonly sessions?: readonly number[] };
}

function filesOf(one: SessionGlobal, world: World) {
  const found = ownersOf(world).filesOf(one);
  return found.files === null ? found.reason : found.files.map((file) => Number(file.entry.shareFileId));
}

function ownersOf({ sessions, entries, opens = [], tcons = [], forced = new Set(), unreadable = {} }: World) {
  const lost = (ids: readonly number[] = []) => ids.map((id) => [id, { value: undefined } as never] as const);
  const rows: Rows = {
    opens: new Map([
      ...opens.map(([id, sessionGlobalId, pid = 1]) => {
        const value = { serverId: process(pid), openTime: id, sessionGlobalId } as OpenGlobal;
        return [id, { value } as never] as const;
      }),
      ...lost(unreadable.opens),
    ]),
    tcons: rowsOf(tcons, ({ sessionGlobalId }) => sessionGlobalId),
    sessions: new Map([...rowsOf(sessions, ({ sessionGlobalId }) => sessionGlobalId), ...lost(unreadable.sessions)]),
  };
  const shareModes = new Map(
    entries.map((entry, i) => [`file ${i}`, { value: { entries: [entry] } as unknown as ShareModes }]),
  );
  return new FileOwners(shareModes, rows, forced);
}

const [alice, again, bob, elsewhere] = [session(1, 1000), session(2, 1000), session(3, 1001), session(4, 1000, 2)];

describe('since 4.24, where an entry names its open record', () => {
  const entries = [entry(0x8001, 1000), entry(0x8002, 1000), entry(0x8003, 1001), entry(0x8004, 1000, 2)];
  const opens = [
    [0x8001, 1],
    [0x8002, 2],
    [0x8003, 3],
    [0x8004, 4, 2],
  ] as const;
  const world = { sessions: [alice, again, bob, elsewhere], entries, opens };

  test('two sessions of one user on one connection are told apart, also where files are opened as somebody else', () => {
    const all = { ...world, forced: 'unknown' } as const;
    expect([alice, again, bob, elsewhere].map((one) => filesOf(one, all))).toEqual([
      [0x8001],
      [0x8002],
      [0x8003],
      [0x8004],
    ]);
  });

  test("an entry whose record has gone is nobody's, nor one whose record is of another process", () => {
    expect(filesOf(alice, { ...world, opens: opens.slice(1) })).toEqual([]);
    expect(filesOf(alice, { ...world, opens: [[0x8001, 1, 2], ...opens.slice(1)] })).toEqual([]);
  });

  test("where a file's record can't be read, it may be anyone's whom its process serves", () => {
    const damaged = { ...world, opens: opens.slice(1), unreadable: { opens: [0x8001] } };
    expect(filesOf(alice, damaged)).toMatch(/can't be read/);
    expect(filesOf(bob, damaged)).toMatch(/can't be read/);
    expect(filesOf(elsewhere, damaged)).toEqual([0x8004]);
  });

  test("a session's record that can't be read is no matter", () => {
    expect(filesOf(alice, { ...world, unreadable: { sessions: [99] } })).toEqual([0x8001]);
  });
});

describe('before, where it says process and user', () => {
  const opens = [
    [0x8001, null],
    [5, null],
  ] as const;

  test("all that its process has open is the only session's, whoever opened it", () => {
    const entries = [entry(5, 1000), entry(6, 65534), entry(5, 1000, 2)];
    expect(filesOf(alice, { sessions: [alice, elsewhere], entries, opens, forced: 'unknown' })).toEqual([5, 6]);
  });

  test("where a session's record can't be read, what its process has open may be that one's", () => {
    const entries = [entry(5, 1000), entry(6, 2000)];
    const damaged = { sessions: [alice, elsewhere], entries, opens, unreadable: { sessions: [2] } };
    expect(filesOf(alice, damaged)).toBe("a session's record can't be read");
    // There is nothing that could be another's.
    expect(filesOf(elsewhere, damaged)).toEqual([]);
  });

  test('many sessions of one process cost no more than a look at each', () => {
    let looks = 0;
    const sessions = Array.from({ length: 500 }, (_, i) => session(i + 1, 1000 + i));
    const entries = sessions.map((_, i) => {
      const { uid, ...rest } = entry(i + 1, 1000 + i);
      return {
        ...rest,
        get uid() {
          looks += 1;
          return uid;
        },
      };
    });
    const owners = ownersOf({ sessions, entries });
    for (const one of sessions) expect(owners.filesOf(one).files).toHaveLength(1);
    expect(looks).toBeLessThanOrEqual(2 * entries.length);
  });

  test('of two users each has their own', () => {
    const world = { sessions: [alice, bob], entries: [entry(5, 1000), entry(6, 1001)], opens };
    expect([filesOf(alice, world), filesOf(bob, world)]).toEqual([[5], [6]]);
  });

  test("two sessions of one user can't be told apart, but a third user can", () => {
    const world = { sessions: [alice, again, bob], entries: [entry(5, 1000), entry(6, 1001)], opens };
    expect(filesOf(alice, world)).toMatch(/^its smbd \(pid 1\) serves another session of the same user/);
    expect(filesOf(bob, world)).toEqual([6]);
  });

  test.each<[string, Partial<World>]>([
    ['a file is opened as a user who has no session there', { entries: [entry(5, 1000), entry(6, 65534)] }],
    [
      'another is on a share with force user',
      { tcons: [{ shareName: 'Forced', sessionGlobalId: 3 }], forced: new Set(['forced']) },
    ],
    ['it is not known which shares have force user', { forced: 'unknown' }],
  ])('nor can they where %s', (_, changes) => {
    const world = { sessions: [alice, bob], entries: [entry(5, 1000), entry(6, 1001)], opens, ...changes };
    expect(filesOf(alice, world)).toMatch(/opens files as another user/);
  });

  test("what root has open may be an admin's", () => {
    const root = session(9, 0);
    expect(filesOf(root, { sessions: [root, bob], entries: [entry(5, 0)], opens })).toMatch(/another user/);
  });

  test('a process that has ended had other files than a later one of its pid', () => {
    const entries = [entry(5, 1000, 1, { serverId: { ...process(1), uniqueId: 1n } }), entry(6, 1000)];
    expect(filesOf(alice, { sessions: [alice], entries, opens })).toEqual([6]);
  });

  test.each([
    ['that has not yet authenticated', session(8, null)],
    ['that is being torn down', session(8, 1000, 1, false)],
  ])("a session %s has nothing open: what there is is another's", (_, half) => {
    expect(filesOf(half, { sessions: [alice, half], entries: [entry(5, 1000)], opens })).toEqual([]);
  });
});

test.each([
  ['to read', 0x0012_0089, false],
  ['to write', 0x0012_0116, true],
  ['to append', 0x4, true],
  ['to delete', 0x0001_0000, true],
  ['to change its times', 0x0000_0100, false],
])('open %s', (_, accessMask, isWriting) => {
  expect(isForWriting({ entry: entry(1, 1, 1, { accessMask }) })).toBe(isWriting);
});
