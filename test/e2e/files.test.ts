import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { LocalFileSource, LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import { compareFileLocations, type OpenFile } from '../../src/sessions/index.ts';
import { askFileJudge, compareFilesWithJudge, type JudgedFile } from '../support/judge/index.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba, testedRoot } from '../support/samba/index.ts';
import { matchOpens, type OpenFiles, openFiles, serverOfFiles } from '../support/scenarios/index.ts';
import { access, Smb2Connection } from '../support/smb2/index.ts';

let samba: PrivateSamba;
let scenario: OpenFiles;
let source: LocalSource;
let fileSource: LocalFileSource;
let files: readonly OpenFile[];
let judged: readonly JudgedFile[];

beforeAll(async () => {
  if (noSamba !== null) return;
  samba = await PrivateSamba.start(serverOfFiles(testedRoot));
  scenario = await openFiles(samba);
  source = new LocalSource({ instance: 1, locate: () => locateInstance(samba.smbConf) });
  fileSource = new LocalFileSource({ instance: 1, source });
  // The connection that was lost may still be on its way to smbd.
  await vi.waitFor(async () => {
    expect((await fileSource.files()).files.some(({ isDisconnected }) => isDisconnected)).toBe(true);
  }, 10_000);
  const list = await fileSource.files();
  expect(list.parts).toMatchObject([{ instance: 1, verdict: 'complete', problems: [] }]);
  files = await fileSource.resolveKinds(list.files);
  judged = await askFileJudge(samba);
});

afterAll(async () => {
  source?.[Symbol.dispose]();
  await scenario?.[Symbol.asyncDispose]();
  await samba?.stop();
});

beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

test('each open is there once, and says what its client did', () => {
  const namesSessions = !/^4\.(1\d|2[0-2])\./.test(samba.release);
  const shares = new Map([...samba.shares].map(([name, folder]) => [name, samba.inside(folder)]));
  expect(matchOpens(files, scenario, { shares, namesSessions })).toEqual([]);
  expect(files.length).toBe(scenario.opens.length + scenario.beneathStreams.length);
});

test('every open is as smbstatus of the same release says, field by field', ({ task }) => {
  const fileComparison = compareFilesWithJudge(files, judged);
  Object.assign(task.meta, { fileComparison }); // for test/matrix
  expect(fileComparison.differences).toEqual([]);
  expect(fileComparison.files).toBe(files.length - 1);
  const others = fileComparison.listed.filter((name) => name !== 'a file id of more than 32 bits');
  expect(others).toEqual(['a disconnected handle']);
});

test('whatever else smbstatus had said would have been a difference', () => {
  const row = judged.find(({ path }) => path.endsWith('locked once'))!;
  for (const [field, value] of Object.entries(row)) {
    const other = typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${value}1`;
    const changed = judged.map((one) => (one === row ? { ...row, [field]: other } : one));
    expect(compareFilesWithJudge(files, changed).differences, field).not.toEqual([]);
  }
});

test('the list is in the order of locations, of which each is there once', () => {
  const locations = files.map(({ location }) => location);
  expect(locations.slice(1).filter((location, i) => compareFileLocations(locations[i]!, location) >= 0)).toEqual([]);
});

async function connect(clientGuid?: Buffer) {
  const guid = clientGuid && { clientGuid };
  const connection = await Smb2Connection.open({ host: samba.host, port: samba.port, ...guid });
  const session = await connection.login({ user: 'bob', password: samba.user('bob').password });
  return { connection, session, tree: await session.connect('docs') };
}

const listed = async (name: string) => (await fileSource.files()).files.filter(({ path }) => path.endsWith(`/${name}`));

test('a durable handle is listed as such before, while and after its client has gone', async () => {
  const lease = { key: Buffer.alloc(16, 11), state: 7 };
  const createGuid = Buffer.alloc(16, 11);
  const first = await connect();
  const options = { disposition: 'open_if', lease, durable: { createGuid } } as const;
  const { fileId } = await first.tree.open('taken up again', options);
  const [before] = await listed('taken up again');
  expect(before).toMatchObject({ isDurable: true, isDisconnected: false, uid: samba.user('bob').uid });
  first.connection.drop();
  await expect
    .poll(async () => (await listed('taken up again'))[0])
    .toMatchObject({ isDisconnected: true, session: null });

  const second = await connect(first.connection.clientGuid);
  await second.tree.open('taken up again', { lease, reconnectDurable: { createGuid, fileId } });
  const [after, ...others] = await listed('taken up again');
  expect(others).toEqual([]);
  expect(after).toMatchObject({
    isDurable: true,
    isDisconnected: false,
    openedAt: before!.openedAt,
    shareName: 'docs',
    session: { sessionGlobalId: Number(second.session.id & 0xffff_ffffn) },
    caching: { kind: 'lease', state: 7 },
  });
  second.connection.drop();
});

test('an open with every right is listed, at which smbstatus --json of 4.17 and 4.22 panics', async () => {
  const { connection, tree } = await connect();
  await tree.open('every right', { access: access.all, disposition: 'create' });
  expect(await listed('every right')).toMatchObject([{ accessMask: 0x1f_01ff }]);
  const asked = askFileJudge(samba).then((judged) => judged.length, String);
  if (/^4\.(17|22)\./.test(samba.release)) expect(await asked).toMatch(/PANIC/);
  else expect(await asked).toBeGreaterThan(0);
  connection.drop();
});
