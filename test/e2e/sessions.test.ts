import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import type { Session } from '../../src/sessions/index.ts';
import { askJudge, compareWithJudge, type Judgement } from '../support/judge/index.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { inviteVisitors, type Visit, type Visitors, visitedServer } from '../support/scenarios/index.ts';

describe('sessions of a real Samba', () => {
  let samba: PrivateSamba;
  let visitors: Visitors;
  let source: LocalSource;
  let sessions: readonly Session[];
  let judgement: Judgement;
  let startedAt: number;

  beforeAll(async () => {
    if (noSamba !== null) return;
    samba = await PrivateSamba.start(visitedServer);
    startedAt = Date.now();
    visitors = await inviteVisitors(samba);
    source = new LocalSource({ instance: 1, locate: () => locateInstance(samba.smbConf) });
    const full = await source.refresh();
    expect(full.parts).toMatchObject([{ verdict: 'complete', problems: [] }]);
    sessions = full.sessions;
    judgement = await askJudge(samba);
  });

  afterAll(async () => {
    source?.[Symbol.dispose]();
    await visitors?.[Symbol.asyncDispose]();
    await samba?.stop();
  });

  beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

  const find = (visit: Visit) =>
    sessions.filter(({ location, user, treeConnects, channels, dialect, encryption }) =>
      visit.sessionGlobalId === undefined
        ? user.name === visit.user &&
          treeConnects.some(({ shareName }) => shareName === visit.shares[0]) &&
          channels[0].client.address === visit.address &&
          dialect === visit.dialect &&
          encryption === visit.encryption &&
          !visitors.visits.some((other) => other.sessionGlobalId === location.sessionGlobalId)
        : location.sessionGlobalId === visit.sessionGlobalId,
    );

  test('each visitor is there once, and says what the visitor did', () => {
    for (const visit of visitors.visits) {
      const [session, ...others] = find(visit);
      expect(others, visit.label).toEqual([]);
      expect(session, visit.label).toMatchObject({
        user: { name: visit.user },
        shareNames: [...visit.shares].sort(),
        isGuest: visit.isGuest ?? false,
        isAnonymous: visit.isAnonymous ?? false,
        encryption: visit.encryption,
        dialect: visit.dialect,
        channels: Array.from({ length: visit.channels ?? 1 }, () => ({
          client: { address: visit.address },
          server: { address: visit.server ?? visit.address, port: samba.port },
        })),
      });
      if (visit.port !== undefined) expect(session!.channels[0].client.port).toBe(visit.port);
      const openedAtMs = session!.openedAt! / 1000;
      expect(openedAtMs, visit.label).toBeGreaterThanOrEqual(startedAt - 1000);
      expect(openedAtMs, visit.label).toBeLessThanOrEqual(Date.now() + 1000);
    }
    expect(sessions).toHaveLength(visitors.visits.length);
  });

  test('open files are never too few, and exact where the figure says so', () => {
    for (const visit of visitors.visits) {
      const [session] = find(visit);
      if (session!.numOpensCertainty === 'exact') expect(session!.numOpens, visit.label).toBe(visit.opens);
      else expect(session!.numOpens, visit.label).toBeGreaterThanOrEqual(visit.opens);
    }
  });

  test('every session, tree connect and open is as smbstatus of the same release says, field by field', ({ task }) => {
    const comparison = compareWithJudge(sessions, judgement);
    Object.assign(task.meta, { release: samba.release, comparison }); // for test/matrix
    expect(comparison.differences).toEqual([]);
    expect(comparison.sessions).toBe(visitors.visits.length + 1);
    expect(comparison.treeConnects).toBe(sessions.flatMap(({ treeConnects }) => treeConnects).length);
    // In one process, several sessions of a user, and a pipe, share what is open.
    const sharesOpens = sessions.some(({ numOpensCertainty }) => numOpensCertainty === 'upper_bound');
    expect(countBy(comparison.listed)).toEqual({
      'a login under way': 1,
      'guest and anonymous': 3,
      'the plain login of an encrypted session': 2,
      ...(sharesOpens && { 'an upper bound of opens': 1 }),
    });
  });

  test('guest and anonymous, whom smbstatus takes for one account of the system, are told apart', () => {
    const strangers = sessions.filter(({ isGuest, isAnonymous }) => isGuest || isAnonymous);
    expect(strangers.map(({ user }) => user.name).sort()).toEqual(['ANONYMOUS LOGON', 'guest', 'guest']);
  });

  test('the groups of a user are in the record, which is read behind them', async () => {
    const records = await samba.tdbdump('smbXsrv_session_global.tdb');
    const lengths = new Map(records.map(({ key, data }) => [key.readUInt32BE(), data.length]));
    const many = visitors.visits.filter(({ groups = 0 }) => groups > 0);
    expect(many.map(({ groups }) => groups)).toEqual([1, 16, 65, 200]);
    for (const { sessionGlobalId, groups } of many) {
      expect(lengths.get(sessionGlobalId!)).toBeGreaterThan(groups! * bytesPerGroup);
    }
  });

  test('an unchanged server gives the very same sessions: nothing is decoded or joined again', async () => {
    const { sessions: before } = await source.refresh();
    const { sessions: after } = await source.refresh();
    expect(before.length).toBeGreaterThan(0);
    expect(after).toBe(before);
  });
});

/** A SID of two sub-authorities, and a gid. */
const bytesPerGroup = 16 + 8;

function countBy(names: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}
