import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isDisconnected, ShareModeDecoder, type ShareModeEntry } from '../../src/samba/records/index.ts';
import { TdbTable } from '../../src/samba/tdb/index.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba, parseSmbstatusText } from '../support/samba/index.ts';
import { access, leaseState, type OpenOptions, Smb2Connection, sharing } from '../support/smb2/index.ts';

/** Otherwise 4.13 grants no durable handles. */
const durableOnAll = { 'kernel share modes': 'no' };

let samba: PrivateSamba;
beforeAll(async () => {
  if (noSamba === null) samba = await PrivateSamba.start({ globals: durableOnAll });
});
afterAll(async () => {
  await samba?.stop();
});
beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

/** One open in the words of both: as ours, and as smbstatus has it. */
interface Open {
  readonly pid: number;
  readonly uid: number;
  /** Null where smbstatus has no JSON. */
  readonly file: string | null;
}

const forWriting: OpenOptions = { access: access.read | access.write, disposition: 'open_if' };

async function visit(user: string) {
  const connection = await Smb2Connection.open({ host: samba.host, port: samba.port });
  const session = await connection.login({ user, password: samba.user(user).password });
  return { connection, tree: await session.connect('public') };
}

function readEntries(): [fileId: string, ShareModeEntry][] {
  using table = new TdbTable(join(samba.lockDirectory, 'locking.tdb'), new ShareModeDecoder());
  const { records, problems } = table.refresh();
  expect(problems).toEqual([]);
  return [...records].flatMap(([fileId, { value }]) =>
    value!.entries.map((entry): [string, ShareModeEntry] => [fileId, entry]),
  );
}

async function smbstatusOpens(): Promise<Open[]> {
  if (samba.release.startsWith('4.13')) {
    const { opens } = parseSmbstatusText(await samba.smbstatusText('-L', '--numeric'));
    return opens.map((open) => ({ ...open, file: null }));
  }
  const { open_files } = await samba.smbstatus();
  return Object.values(open_files).flatMap(({ fileid, opens }) =>
    Object.values(opens).map(({ server_id, uid, share_file_id }) => ({
      pid: Number(server_id.pid),
      uid,
      file: `${fileid.devid}:${fileid.inode}:${fileid.extid} ${share_file_id}`,
    })),
  );
}

function ourOpens(): Open[] {
  const number = (fileId: string, at: number) => Buffer.from(fileId, 'hex').readBigUInt64LE(at);
  const ids = (fileId: string) => [0, 8, 16].map((at) => number(fileId, at)).join(':');
  return readEntries()
    .filter(([, { serverId }]) => !isDisconnected(serverId))
    .map(([fileId, { serverId, uid, shareFileId }]) => ({
      pid: serverId.pid,
      uid,
      file: samba.release.startsWith('4.13') ? null : `${ids(fileId)} ${shareFileId}`,
    }));
}

const sorted = (opens: readonly Open[]) => opens.map((open) => JSON.stringify(open)).sort();

test('what is open is what smbstatus says, and how', async () => {
  const alice = await visit('alice');
  const bob = await visit('bob');
  try {
    const key = Buffer.alloc(16, 7);
    const state = leaseState.read | leaseState.handle | leaseState.write;
    await alice.tree.open('leased', { ...forWriting, lease: { key, state } });
    const kept = await alice.tree.open('durable', {
      ...forWriting,
      lease: { key: Buffer.alloc(16, 8), state },
      durable: { createGuid: Buffer.alloc(16, 9) },
    });
    expect(kept.isDurable).toBe(true);
    await alice.tree.open('', { directory: true });
    for (let i = 0; i < 20; i++) await bob.tree.open('shared', forWriting);
    await alice.tree.open('shared', { access: access.read, share: sharing.read | sharing.write });
    await bob.tree.open('batch', { ...forWriting, oplock: 'batch', share: sharing.none });

    const theirs = await smbstatusOpens();
    expect(sorted(ourOpens())).toEqual(sorted(theirs));
    expect(theirs).toHaveLength(25);

    const entries = readEntries().map(([, entry]) => entry);
    const shapes = entries.map(({ opType, accessMask, shareAccess }) => [opType, accessMask, shareAccess].join(' '));
    const readWrite = access.read | access.write;
    expect([...new Set(shapes)].sort()).toEqual(
      [
        `256 ${readWrite} 7`, // with a lease
        `0 ${access.read} 7`, // the directory
        `0 ${readWrite} 7`,
        `0 ${access.read} 3`,
        `3 ${readWrite} 0`, // batch, alone
      ].sort(),
    );
  } finally {
    alice.connection.drop();
    bob.connection.drop();
  }
  // The durable open alone is left, and is nobody's.
  await expect.poll(() => readEntries().map(([, { serverId }]) => isDisconnected(serverId))).toEqual([true]);
  expect(await smbstatusOpens()).toEqual([]);
});
