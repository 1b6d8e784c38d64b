import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loneServer } from '../../test/support/lone-server.ts';
import { packOpen, packSession, packTcon } from '../../test/support/records/index.ts';
import { idKey, tdbImage } from '../../test/support/tdb/index.ts';
import { TemporaryFolder } from '../../test/support/temporary.ts';
import { InstanceError, type SambaInstance } from '../samba/conf/index.ts';
import { layouts } from '../samba/records/index.ts';
import { LocalSource } from './index.ts';

const files = ['smbXsrv_open_global.tdb', 'smbXsrv_tcon_global.tdb', 'smbXsrv_session_global.tdb'] as const;
const layout = layouts[0]!;

let folder: TemporaryFolder;
let instance: SambaInstance;

beforeEach(() => {
  folder = new TemporaryFolder();
  instance = loneServer(folder.path);
  const session = packSession(layout, { id: 7, pid: 4711, uniqueId: 99n });
  folder.file(files[0], tdbImage([[idKey(3), packOpen(layout, { id: 3, sessionId: 7, tconId: 5 })]]).bytes);
  folder.file(files[1], tdbImage([[idKey(5), packTcon(layout, { id: 5, sessionId: 7, shareName: 'docs' })]]).bytes);
  folder.file(files[2], tdbImage([[idKey(7), session]]).bytes);
});
afterEach(() => folder[Symbol.dispose]());

/** The live processes, as Samba leaves them in msg.lock. */
async function refresh(locks: Record<string, string> = { 4711: '99\n' }, changes: Partial<SambaInstance> = {}) {
  mkdirSync(folder.file('msg.lock'), { recursive: true });
  for (const [pid, content] of Object.entries(locks)) folder.file(`msg.lock/${pid}`, content);
  using source = new LocalSource({ instance: 3, locate: () => ({ ...instance, ...changes }) });
  return source.refresh();
}

describe('LocalSource', () => {
  test('joins session, tree connect and open', async () => {
    const { parts, sessions } = await refresh();
    expect(parts).toMatchObject([{ instance: 3, node: null, verdict: 'complete', problems: [] }]);
    expect(sessions).toMatchObject([
      { location: { instance: 3, sessionGlobalId: 7 }, shareNames: ['docs'], numOpens: 1, numOpensCertainty: 'exact' },
    ]);
  });

  test('lists tree connects by time, wherever in the file their records lie', async () => {
    const tcons = [
      { id: 5, shareName: 'a', creationTime: 134_400_300_502_777_510n },
      { id: 6, shareName: 'b', creationTime: 134_400_300_502_777_410n },
      { id: 8, shareName: 'c', creationTime: 134_400_300_502_777_610n },
    ];
    for (const order of [tcons, tcons.toReversed()]) {
      const records = order.map((tcon) => [idKey(tcon.id), packTcon(layout, { ...tcon, sessionId: 7 })] as const);
      folder.file(files[1], tdbImage(records).bytes);
      const { sessions } = await refresh();
      expect(sessions[0]!.treeConnects!.map(({ shareName }) => shareName)).toEqual(['b', 'a', 'c']);
    }
  });

  test('knows the realm of its own domain, which a member’s records lack', async () => {
    const sessions = ['EX', 'OTHER'].map((domainName, i) => {
      const names = { accountName: 'alice', domainName, dnsDomainName: null, userPrincipalName: null };
      return [idKey(i + 1), packSession(layout, { id: i + 1, pid: 4711, uniqueId: 99n, ...names })] as const;
    });
    folder.file(files[2], tdbImage(sessions).bytes);
    const directory = { name: 'ex', dnsName: 'EX.TEST' };
    const { sessions: listed } = await refresh(undefined, { isDomainMember: true, directory });
    expect(listed.map(({ user }) => user.names)).toEqual([
      ['ex\\alice', 'alice', 'alice@ex.test'],
      ['other\\alice', 'alice'],
    ]);
  });

  test('lends no session the names of another, though they are of one user', async () => {
    const sessions = ['alice@a.example', 'alice@b.example'].map((userPrincipalName, i) => {
      const id = i + 1;
      return [
        idKey(id),
        packSession(layout, { id, pid: 4711, uniqueId: 99n, domainName: 'EX', userPrincipalName }),
      ] as const;
    });
    folder.file(files[2], tdbImage(sessions).bytes);
    const { sessions: listed } = await refresh(undefined, { isDomainMember: true });
    expect(listed.map(({ user }) => user!.names.filter((name) => name.includes('@')))).toEqual([
      ['alice@a.example'],
      ['alice@b.example'],
    ]);
  });

  test('leaves out the session of a process that is gone, or whose pid another one has now', async () => {
    expect((await refresh({ 4712: '99\n' })).sessions).toEqual([]);
    folder.file('msg.lock/4711', '100\n');
    expect((await refresh({ 4711: '100\n' })).sessions).toEqual([]);
    expect((await refresh({ 4711: 'no number' })).sessions).toEqual([]);
  });

  test('where the pids are ours, a lock file that nobody removed does not keep the dead alive', async () => {
    const { parts, sessions } = await refresh({ 4711: '99\n' }, { sharesPidNamespace: true });
    expect(sessions).toEqual([]);
    expect(parts).toMatchObject([{ takenAt: null, problems: [{ code: 'SAMBA_ABSENT' }] }]);
  });

  test.each([
    ['no TDB', Buffer.alloc(10_000, 'garbage '), 'TDB_NOT_TDB'],
    ['of another byte order', otherByteOrder(), 'TDB_BYTE_ORDER'],
    ['cut short', tdbImage([]).bytes.subarray(0, 200), 'TDB_TRUNCATED'],
    ['of an unknown layout', tdbImage([[idKey(7), Buffer.alloc(200, 1)]]).bytes, 'RECORD_LAYOUT_UNKNOWN'],
  ])('a file that is %s is named with what was found', async (_, bytes, code) => {
    for (const name of files) {
      const good = { name, bytes: readFileSync(folder.file(name)) };
      folder.file(name, bytes);
      const { parts, sessions } = await refresh();
      expect(sessions).toEqual([]);
      expect(parts).toMatchObject([
        {
          verdict: 'partial',
          takenAt: null,
          problems: [{ code, message: expect.stringContaining(folder.file(name)) }],
        },
      ]);
      folder.file(name, good.bytes);
    }
  });

  test('a missing file: absent', async () => {
    rmSync(folder.file(files[1]));
    expect((await refresh()).parts).toMatchObject([{ takenAt: null, problems: [{ code: 'SAMBA_ABSENT' }] }]);
  });

  test('a cluster node is refused by name', async () => {
    const { parts } = await refresh({}, { isClustered: true });
    expect(parts).toMatchObject([{ takenAt: null, problems: [{ code: 'SAMBA_CLUSTERED' }] }]);
  });

  test('one session that can not be read is a problem, and the others are listed', async () => {
    const claims = packSession(layout, { id: 8 });
    const broken = Buffer.concat([claims, Buffer.alloc(4)]);
    folder.file(
      files[2],
      tdbImage([
        [idKey(7), packSession(layout, { id: 7 })],
        [idKey(8), broken],
      ]).bytes,
    );
    const { parts, sessions } = await refresh();
    expect(sessions.map(({ location }) => location.sessionGlobalId)).toEqual([7]);
    expect(parts).toMatchObject([
      {
        verdict: 'partial',
        problems: [{ code: 'RECORD_TRAILING_BYTES', message: expect.stringContaining('record 8') }],
      },
    ]);
  });

  test('a server that can not be located is a problem, not an exception', async () => {
    using source = new LocalSource({
      instance: 1,
      locate: () => {
        throw new InstanceError('SAMBA_AMBIGUOUS', 'two');
      },
    });
    expect((await source.refresh()).parts).toMatchObject([{ problems: [{ code: 'SAMBA_AMBIGUOUS', message: 'two' }] }]);
  });
});

function otherByteOrder(): Buffer {
  const { bytes } = tdbImage([]);
  for (let at = 32; at < 168; at += 4) bytes.subarray(at, at + 4).reverse();
  return bytes;
}
