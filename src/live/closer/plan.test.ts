import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loneServer } from '../../../test/support/lone-server.ts';
import { packOpen, packSession, packTcon, someTime } from '../../../test/support/records/index.ts';
import { sourceOf } from '../../../test/support/sessions.ts';
import { idKey, tdbImage } from '../../../test/support/tdb/index.ts';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { type Layout, layouts } from '../../samba/records/index.ts';
import type { Closer, Location } from '../../sessions/index.ts';
import { LocalSource } from '../local-source.ts';
import { closerOfRecording, createCloser } from './index.ts';

const [newest, oldest] = [layouts[0]!, layouts.at(-1)!];
const encrypted = 4 | 8;
const [here, there, elsewhere] = ['ipv4:192.0.2.7:1001', 'ipv4:192.0.2.7:1002', 'ipv4:192.0.2.9:1001'];

type Records = Parameters<typeof packSession>[1][];
type Opens = Parameters<typeof packOpen>[1][];

let folder: TemporaryFolder;
let source: LocalSource | undefined;

beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => {
  source?.[Symbol.dispose]();
  folder[Symbol.dispose]();
});

function at(sessionGlobalId: number, changes: Partial<Location> = {}): Location {
  return { instance: 1, sessionGlobalId, creationTime: someTime, ...changes };
}

/** A closer of a server with these records; its processes 4711 and 4712 live. */
function serve(sessions: Records, opens: Opens = [], layout: Layout = newest): Closer {
  mkdirSync(folder.file('msg.lock'));
  for (const pid of [4711, 4712]) folder.file(`msg.lock/${pid}`, '99\n');
  const records = sessions.map((session) => [idKey(session.id), packSession(layout, session)] as const);
  folder.file('smbXsrv_session_global.tdb', tdbImage(records).bytes);
  const opened = opens.map((open) => [idKey(open.id), packOpen(layout, open)] as const);
  folder.file('smbXsrv_open_global.tdb', tdbImage(opened).bytes);
  const tcon = packTcon(layout, { id: 5, sessionId: 1, shareName: 'docs' });
  folder.file('smbXsrv_tcon_global.tdb', tdbImage([[idKey(5), tcon]]).bytes);
  source = new LocalSource({
    instance: 1,
    locate: () => loneServer(folder.path),
  });
  return createCloser([{ instance: 1, source }]);
}

async function planned(closer: Closer, ...locations: readonly Location[]) {
  const { closes, problems } = await closer.plan(locations);
  expect(problems).toEqual([]);
  return closes;
}

const codes = ({ warnings }: { warnings: readonly { code: string }[] }) => warnings.map(({ code }) => code);

describe('a plan', () => {
  test('has each location once, in the order given', async () => {
    const closer = serve([{ id: 1 }, { id: 2 }, { id: 3 }]);
    const closes = await planned(closer, at(3), at(1), at(3), at(2), at(1));
    expect(closes.map(({ location }) => location.sessionGlobalId)).toEqual([3, 1, 2]);
    expect(closes.every(({ notClosable, session }) => notClosable === null && session !== null)).toBe(true);
    expect(await planned(closer)).toEqual([]);
  });

  test('says why a location can not be closed, and never means another', async () => {
    const closer = serve([
      { id: 1 },
      { id: 2, pid: 4713 }, // dead
      { id: 3, uniqueId: 98n }, // dead, and its pid is another's
      { id: 4, channels: 0 }, // being torn down
      { id: 5, hasAuthenticated: false },
    ]);
    const wrong = [at(2), at(3), at(4), at(6), at(1, { creationTime: someTime + 1n })];
    const smbstatus = at(1, { creationTime: 0n });
    const closes = await planned(closer, ...wrong, at(1, { instance: 2 }), smbstatus, at(5));
    expect(closes.map(({ notClosable }) => notClosable)).toEqual([
      ...wrong.map(() => 'gone'),
      'not_served',
      'from_smbstatus',
      null, // a login under way is not listed, and can be ended
    ]);
    expect(closes.map(({ session }) => session)).toEqual(closes.map(() => null));
  });

  test('of a Samba that is not served here: told so, whatever the plan says', async () => {
    const closer = serve([{ id: 1 }]);
    const elsewhere = at(1, { instance: 2 });
    const plan = await closer.plan([elsewhere]);
    const forged = { ...plan, closes: plan.closes.map((close) => ({ ...close, notClosable: null })) };
    for (const each of [plan, forged]) {
      expect(await Array.fromAsync(closer.close(each, quietly))).toMatchObject([
        { location: elsewhere, result: 'failed', message: 'not found: no Samba of number 2 is served here' },
      ]);
    }
  });

  test('what goes wrong with one keeps no other from being told', async () => {
    const closer = serve([{ id: 1 }, { id: 2, channels: 0 }]);
    const { closes, ...rest } = await closer.plan([at(1), at(2)]);
    const broken = {
      ...closes[0]!,
      location: {
        ...at(1),
        get sessionGlobalId(): number {
          throw new Error('no id');
        },
      },
    };
    const plan = { ...rest, closes: [{ ...broken, notClosable: null }, closes[1]!] };
    const outcomes = await Array.fromAsync(closer.close(plan, quietly));
    expect(outcomes.map(({ result, message }) => [result, message]).sort()).toEqual([
      ['failed', 'no id'],
      ['gone', 'it had already ended'],
    ]);
  });

  test('of a server that can not be read says so', async () => {
    const closer = serve([{ id: 1 }]);
    folder.file('smbXsrv_session_global.tdb', 'no TDB at all, but long enough to be taken for one'.repeat(20));
    const { closes, problems } = await closer.plan([at(1), at(1, { creationTime: 0n })]);
    expect(closes.map(({ notClosable }) => notClosable)).toEqual(['unreadable', 'from_smbstatus']);
    expect(problems).toMatchObject([{ code: 'TDB_NOT_TDB' }]);
    const outcomes = await Array.fromAsync(closer.close({ madeAt: 0, closes, problems }, quietly));
    expect(outcomes.map(({ result }) => result)).toEqual(['failed', 'refused']);
  });

  test('names those on the same connection that it does not end', async () => {
    const closer = serve([
      { id: 1, remoteAddresses: [here, there] },
      { id: 2, remoteAddress: here, encryptionFlags: encrypted },
      { id: 3, remoteAddresses: [elsewhere, there] },
      { id: 4, remoteAddress: elsewhere },
    ]);
    const ids = ({ neighbours }: { neighbours: readonly Location[] }) =>
      neighbours.map(({ sessionGlobalId }) => sessionGlobalId);
    const [one, two] = await planned(closer, at(1), at(2));
    expect([ids(one!), ids(two!)]).toEqual([[3], []]);
    const [alone] = await planned(closer, at(2));
    expect(ids(alone!)).toEqual([1]);
    // Nobody loses a connection but those who are ended with it.
    expect([codes(one!), codes(two!), codes(alone!)]).toEqual([[], [], ['CLOSE_DROPS_CONNECTION']]);
  });

  test('counts who is still logging in on the same connection, and those whose port is not known', async () => {
    const nowhere = 'ipv4:192.0.2.7:0';
    const closer = serve([
      { id: 1, remoteAddress: here, encryptionFlags: encrypted },
      { id: 2, remoteAddress: here, hasAuthenticated: false },
      { id: 3, remoteAddress: here, hasAuthenticated: false, pid: 4713 }, // dead
      { id: 4, remoteAddress: nowhere, encryptionFlags: encrypted },
      { id: 5, remoteAddress: nowhere },
    ]);
    const [one] = await planned(closer, at(1));
    expect([one!.neighbours, codes(one!)]).toEqual([[at(2)], ['CLOSE_DROPS_CONNECTION']]);
    const [four] = await planned(closer, at(4));
    expect([four!.neighbours, codes(four!)]).toEqual([[at(5)], ['CLOSE_DROPS_CONNECTION']]);
    expect((await planned(closer, at(1), at(2)))[0]!.numNeighbours).toBe(0);
  });

  test('counts all of many beside it, and names the first hundred', async () => {
    const ids = Array.from({ length: 151 }, (_, i) => i + 1);
    const closer = serve(ids.map((id) => ({ id, remoteAddress: here, encryptionFlags: encrypted })));
    const [close] = await planned(closer, at(1));
    expect(close!.numNeighbours).toBe(150);
    expect(close!.neighbours.map(({ sessionGlobalId }) => sessionGlobalId)).toEqual(ids.slice(1, 101));
    expect(close!.warnings[0]!.message).toContain('150 other sessions');
  });

  const opens: Opens = [
    { id: 1, sessionId: 1, tconId: 5, isDurable: true },
    { id: 2, sessionId: 1, tconId: 5 },
    { id: 3, sessionId: 2, tconId: 6, isDurable: true },
    { id: 4, sessionId: 9, tconId: 7, isDurable: true, isDisconnected: true },
  ];

  test('counts durable handles by session', async () => {
    const closer = serve([{ id: 1 }, { id: 2 }, { id: 3 }], opens);
    const [one, two, three] = await planned(closer, at(1), at(2), at(3));
    expect([one, two, three].map((close) => close!.numDurable)).toEqual([1, 1, 0]);
    expect([one, two, three].map((close) => close!.numOpens)).toEqual([2, 1, 0]);
    expect(codes(one!)).toContain('CLOSE_LEAVES_DURABLE');
    expect(codes(one!)).toContain('CLOSE_LIKELY_BACK');
    expect(codes(three!)).toEqual([]);
  });

  test('before 4.23, counts those that a session may own', async () => {
    const closer = serve([{ id: 1 }, { id: 2 }, { id: 3, pid: 4712 }], opens, oldest);
    const closes = await planned(closer, at(1), at(2), at(3));
    expect(closes.map(({ numDurable }) => numDurable)).toEqual([2, 2, 0]);
  });

  test('of a recording ends nothing', async () => {
    const closer = serve([{ id: 1 }]);
    const { sessions } = await source!.refresh();
    const recorded = closerOfRecording(sourceOf(sessions));
    const plan = await recorded.plan([at(2), at(1), at(1)]);
    expect(plan.closes).toMatchObject([
      { notClosable: 'gone', session: null },
      { notClosable: 'recorded', session: { location: at(1) } },
    ]);
    const forged = { ...plan, closes: (await closer.plan([at(1)])).closes };
    const outcomes = [
      await Array.fromAsync(recorded.close(plan, quietly)),
      await Array.fromAsync(recorded.close(forged, quietly)),
    ];
    expect(outcomes.map((all) => all.map(({ result }) => result))).toEqual([['gone', 'refused'], ['refused']]);
  });
});

const quietly = { filesFirst: false, watchMs: 0 };
