import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCloser, LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import { type Closer, formatLocation, type Location, type PlannedClose } from '../../src/sessions/index.ts';
import { Writers, wrongLocations } from '../support/closing/index.ts';
import { runSmbwho, Server } from '../support/program.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { idOf } from '../support/scenarios/visit.ts';
import { Smb2Connection } from '../support/smb2/index.ts';

/** `SMBWHO_WRONG_CLOSES=10000` for as many as `npm run bench -- close` does. */
const tries = Number(process.env.SMBWHO_WRONG_CLOSES ?? 2000);

describe('a busy server', () => {
  let samba: PrivateSamba;
  let source: LocalSource;
  let closer: Closer;
  let writers: Writers;
  let live: readonly Location[];
  let ended: readonly Location[];

  beforeAll(async () => {
    if (noSamba !== null) return;
    samba = await PrivateSamba.start();
    source = new LocalSource({ instance: 1, locate: () => locateInstance(samba.smbConf) });
    closer = createCloser([{ instance: 1, source }]);
    ended = await endedSessions();
    const users = ['alice', 'bob'].map((name) => ({ user: name, password: samba.user(name).password }));
    writers = await Writers.hold({
      host: samba.host,
      port: samba.port,
      users,
      share: 'public',
      sessions: 60,
      connections: 6,
    });
    live = (await source.refresh()).sessions.map(({ location }) => location);
    expect(live).toHaveLength(60);
  });
  afterAll(async () => {
    await writers?.[Symbol.asyncDispose]();
    source?.[Symbol.dispose]();
    await samba?.stop();
  });
  beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

  /** Sessions that were live a moment ago, some on connections that are still there. */
  async function endedSessions(): Promise<readonly Location[]> {
    const connection = await Smb2Connection.open({ host: samba.host, port: samba.port });
    const { password } = samba.user('alice');
    const sessions = [];
    for (let i = 0; i < 20; i++) sessions.push(await connection.login({ user: 'alice', password }));
    const locations = (await source.refresh()).sessions.map(({ location }) => location);
    expect(locations.map(({ sessionGlobalId }) => sessionGlobalId).sort()).toEqual(
      sessions.map(({ id }) => idOf(id)).sort(),
    );
    for (const session of sessions) await session.logoff();
    await connection.close();
    return locations;
  }

  async function expectAllAtWork(fewestWrites: number) {
    expect(fewestWrites).toBeGreaterThan(0);
    expect(await writers.write()).toEqual(new Map());
    const { sessions } = await source.refresh();
    expect(sessions.map(({ location }) => formatLocation(location))).toEqual(live.map(formatLocation));
  }

  test('no wrong location is planned to be closed', async () => {
    const wrong = wrongLocations(live, ended, tries);
    const { closes } = await closer.plan(wrong);
    expect(closes.filter(({ notClosable }) => notClosable === null)).toEqual([]);
  });

  test.each([
    ['alone', false],
    ['with its files', true],
  ])('nor is one closed, %s, though the plan says so', async (_, filesFirst) => {
    const wrong = wrongLocations(live, ended, tries, filesFirst ? 2 : 3);
    const closes = wrong.map((location) => ({ ...({} as PlannedClose), location, notClosable: null }));
    const results = new Map<string, number>();
    const fewest = await writers.writeDuring(async () => {
      for await (const outcome of closer.close({ madeAt: 0, closes, problems: [] }, { filesFirst, watchMs: 0 })) {
        results.set(outcome.result, (results.get(outcome.result) ?? 0) + 1);
        expect(outcome).toMatchObject({ tookMs: null, filesClosed: 0, cameBackAs: null });
      }
    });
    const elsewhere = wrong.filter(({ instance }) => instance !== 1).length;
    expect(Object.fromEntries(results)).toEqual({ gone: tries - elsewhere, failed: elsewhere });
    await expectAllAtWork(fewest);
  });

  test('nor through the API, however it is asked', async () => {
    await using server = await Server.start(['--smb-conf', samba.smbConf]);
    const texts = wrongLocations(live, ended, tries, 4).map(formatLocation);
    const first = formatLocation(live[0]!);
    const twisted = [
      ...[
        ` ${first}`,
        `${first} `,
        `0${first}`,
        `+${first}`,
        `${first}.0`,
        `${first}n`,
        `-${first}`,
        first.replace('.', ':'),
      ],
      ...[
        first.replaceAll('.', '。'),
        `${first}\0`,
        `${first}\n`,
        '',
        '*',
        '%',
        '1',
        '1.',
        '..',
        '1.*.*',
        `${first},${first}`,
      ],
    ];
    const bodies: unknown[] = [];
    for (let i = 0; i < texts.length; i += 100) bodies.push(texts.slice(i, i + 100).map((location) => ({ location })));
    bodies.push(twisted.map((location) => ({ location })));
    const refused: unknown[] = [
      [[{ location: first }]],
      [{ location: first }, [{ location: first }]],
      [{ location: first }, { originator: '127.0.0.1' }],
      [{ location: first }, { location: [first] }],
      [{ location: first }, null],
      [first],
      { location: first },
      { session_infos: [{ location: first }] },
      first,
    ];
    const fewest = await writers.writeDuring(async () => {
      for (const body of bodies) {
        const reply = await server.post('/v1/smb/sessions/close', body);
        expect(reply.status).toBe(200);
        expect(reply.body.filter((one: { error_message: string }) => one.error_message === '')).toEqual([]);
      }
      for (const body of refused) {
        expect((await server.post('/v1/smb/sessions/close', body)).status).toBe(400);
      }
      const huge = Array.from({ length: 100_000 }, () => ({ location: first, padding: 'x'.repeat(100) }));
      // It may hang up before it has been sent all.
      const status = await server.post('/v1/smb/sessions/close', huge).then(
        (reply) => reply.status,
        ({ code }) => code,
      );
      expect([413, 'EPIPE', 'ECONNRESET']).toContain(status);
      for (const locations of [twisted, [first, ' ']]) {
        expect((await server.post('/smbwho/v1/close', { locations })).status).toBe(400);
      }
      // Whoever says that he closes none closes none.
      expect((await server.post('/smbwho/v1/close', { locations: [first], confirmed: 0 })).status).toBe(409);
    });
    await expectAllAtWork(fewest);
  });

  test('nor by a server that is told to end while that is being recorded; the record says so', async () => {
    await using server = await Server.start(['--smb-conf', samba.smbConf]);
    const { child, ended } = server.running;
    const record = new DatabaseSync(join(server.stateFolder, 'audit.db'));
    record.exec('BEGIN IMMEDIATE');
    const target = formatLocation(live[31]!);
    const answer = server.post('/v1/smb/sessions/close', [{ location: target }]).catch(() => null);
    await sleep(500); // to come as far as the record
    child.kill('SIGTERM');
    await sleep(500); // to end, if it did not wait
    record.exec('COMMIT');
    record.close();
    expect(await ended).toBe(0);
    await answer;
    const { stdout } = await runSmbwho(['audit', 'export'], { SMBWHO_STATE_DIR: server.stateFolder });
    const events = stdout.split('\n').flatMap((line) => (line.includes(target) ? [JSON.parse(line).entry] : []));
    expect(events.map(({ outcome }) => outcome)).toEqual(['begun', 'failed']);
    await expectAllAtWork(1);
  });

  test('the right location ends one, and that one only', async () => {
    const location = live[30]!;
    const plan = await closer.plan([...wrongLocations(live, ended, 100, 5), location]);
    const outcomes = await Array.fromAsync(closer.close(plan, { filesFirst: false, watchMs: 0 }));
    expect(outcomes.filter(({ result }) => result === 'closed')).toMatchObject([{ location }]);
    expect(await writers.write()).toEqual(new Map([[location.sessionGlobalId, 'STATUS_USER_SESSION_DELETED']]));
  });
});
