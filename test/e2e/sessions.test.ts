import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import type { Session } from '../../src/sessions/index.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba, type Smbstatus } from '../support/samba/index.ts';
import { inviteVisitors, type Visit, type Visitors, visitedServer } from '../support/scenarios/index.ts';

describe('sessions of a real Samba', () => {
  let samba: PrivateSamba;
  let visitors: Visitors;
  let source: LocalSource;
  let sessions: readonly Session[];
  let judge: Smbstatus;
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
    judge = await samba.smbstatus();
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
        channels: [{ client: { address: visit.address }, server: { address: visit.address, port: samba.port } }],
      });
      if (visit.port !== undefined) expect(session!.channels[0].client.port).toBe(visit.port);
      const openedAtMs = session!.openedAt / 1000;
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

  test('the session ids are those of smbstatus, but for the half-authenticated one', () => {
    const ours = sessions.map(({ location }) => String(location.sessionGlobalId));
    const theirs = Object.keys(judge.sessions);
    expect(theirs.filter((id) => !ours.includes(id))).toEqual([String(visitors.halfAuthenticatedId)]);
    // 4.17 prints the absent uid as -1, 4.22 without its sign.
    expect([-1, 0xffff_ffff]).toContain(judge.sessions[visitors.halfAuthenticatedId]!.uid);
    expect(ours.filter((id) => !theirs.includes(id))).toEqual([]);
  });

  test('every field that smbstatus knows of a session is the same', () => {
    for (const session of sessions) {
      const theirs = judge.sessions[session.location.sessionGlobalId]!;
      const { client } = session.channels[0];
      const family = client.address.includes(':') ? 'ipv6' : 'ipv4';
      expect({
        pid: String(session.pid),
        uid: session.user.uid,
        gid: session.user.gid,
        remote_machine: client.address,
        hostname: `${family}:${client.address}:${client.port}`,
        session_dialect: smbstatusDialects[session.dialect],
      }).toEqual({
        pid: theirs.server_id.pid,
        uid: theirs.uid,
        gid: theirs.gid,
        remote_machine: theirs.remote_machine,
        hostname: theirs.hostname,
        session_dialect: theirs.session_dialect,
      });
      if (session.isAnonymous || session.isGuest) continue;
      expect(session.user.name).toBe(theirs.username);
    }
  });

  test('guest and anonymous are both "nobody" to smbstatus; here they are told apart', () => {
    const strangers = sessions.filter(({ isGuest, isAnonymous }) => isGuest || isAnonymous);
    expect(strangers).toHaveLength(3);
    for (const { location } of strangers) expect(judge.sessions[location.sessionGlobalId]!.username).toBe('nobody');
    expect(strangers.map(({ user }) => user.name).sort()).toEqual(['ANONYMOUS LOGON', 'guest', 'guest']);
  });

  test('every tree connect is the same: session, share, time, encryption', () => {
    const theirs = Object.values(judge.tcons).map(({ session_id, service, connected_at, encryption }) => ({
      session_id,
      service,
      connected_at: Date.parse(connected_at),
      degree: encryption.degree,
    }));
    const ours = sessions.flatMap(({ location, treeConnects }): typeof theirs =>
      treeConnects.map(({ shareName, openedAt, encryption }) => ({
        session_id: String(location.sessionGlobalId),
        service: shareName,
        connected_at: Math.floor(openedAt! / 1000),
        degree: encryption,
      })),
    );
    const order = (a: (typeof theirs)[number], b: (typeof theirs)[number]) =>
      `${a.session_id} ${a.service}` < `${b.session_id} ${b.service}` ? -1 : 1;
    expect(ours.toSorted(order)).toEqual(theirs.toSorted(order));
  });

  test('encryption: smbstatus counts the plain login of an encrypted session, and a share that is all of it, as less', () => {
    for (const { location, encryption, shareNames } of sessions) {
      const id = String(location.sessionGlobalId);
      const trees = Object.values(judge.tcons).filter((tcon) => tcon.session_id === id && tcon.service !== 'IPC$');
      const { degree } = judge.sessions[id]!.encryption;
      if (encryption === 'full') {
        expect(trees.map((tcon) => tcon.encryption.degree)).toEqual(shareNames.map(() => 'full'));
        expect(degree).not.toBe('full');
      } else {
        expect(degree).toBe(encryption);
      }
    }
    expect(sessions.filter(({ encryption }) => encryption === 'full')).toHaveLength(2);
  });

  test('open files by process and user are those of smbstatus, and pipes where they can not be told apart', () => {
    const ours = new Map<string, number>();
    for (const session of sessions) {
      const key = `${session.pid} ${session.user.uid}`;
      const known = ours.get(key) ?? 0;
      const isShared = session.numOpensCertainty === 'upper_bound';
      ours.set(key, isShared ? Math.max(known, session.numOpens) : known + session.numOpens);
    }
    const theirs = new Map<string, number>();
    for (const file of Object.values(judge.open_files)) {
      for (const { server_id, uid } of Object.values(file.opens)) {
        const key = `${server_id.pid} ${uid}`;
        theirs.set(key, (theirs.get(key) ?? 0) + 1);
      }
    }
    for (const [key, count] of theirs) expect(ours.get(key), key).toBeGreaterThanOrEqual(count);
  });

  test('an unchanged server gives the very same sessions: nothing is decoded or joined again', async () => {
    const { sessions: before } = await source.refresh();
    const { sessions: after } = await source.refresh();
    expect(before.length).toBeGreaterThan(0);
    expect(after).toBe(before);
  });
});

const smbstatusDialects: Readonly<Record<string, string>> = {
  NT1: 'NT1',
  '2.0.2': 'SMB2_02',
  '2.1': 'SMB2_10',
  '3.0': 'SMB3_00',
  '3.0.2': 'SMB3_02',
  '3.1.1': 'SMB3_11',
};
