import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import { databaseNames, recordServer } from '../support/recordings/index.ts';
import { noSamba } from '../support/requirements.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { inviteVisitors, visitedServer } from '../support/scenarios/index.ts';
import { Smb2Connection } from '../support/smb2/index.ts';
import { TemporaryFolder } from '../support/temporary.ts';

beforeEach(({ skip }) => skip(noSamba !== null, noSamba ?? ''));

test('what is recorded of a real server has its sessions and none of the keys that its clients know', async () => {
  await using samba = await PrivateSamba.start(visitedServer);
  await using _visitors = await inviteVisitors(samba);
  const connection = await Smb2Connection.open({ host: samba.host, port: samba.port });
  const session = await connection.login({ user: 'alice', password: samba.user('alice').password, encrypt: true });
  await session.connect('docs');
  const key = session.channel.signingKey!.key;
  const gone = await connection.login({ user: 'bob', password: samba.user('bob').password });
  const goneKey = gone.channel.signingKey!.key;
  await gone.logoff();

  using folder = new TemporaryFolder();
  const recording = folder.file('000');
  await recordServer(samba.lockDirectory, recording);
  const read = (place: string) => Buffer.concat(databaseNames.map((name) => readFileSync(join(place, name))));
  expect(read(samba.lockDirectory).includes(key)).toBe(true);
  expect(read(recording).includes(key)).toBe(false);
  expect(read(recording).includes(goneKey)).toBe(false);

  const located = locateInstance(samba.smbConf);
  using live = new LocalSource({ instance: 1, locate: () => located });
  using copy = new LocalSource({
    instance: 1,
    locate: () => ({ ...located, lockDirectory: recording, sharesPidNamespace: false }),
  });
  const { sessions } = await live.refresh();
  expect(sessions.length).toBeGreaterThan(10);
  expect((await copy.refresh()).sessions).toEqual(sessions);
  await connection.close();
});
