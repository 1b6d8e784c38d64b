import { mkdirSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { loneServer } from '../../../test/support/lone-server.ts';
import { packSession } from '../../../test/support/records/index.ts';
import { idKey, tdbImage } from '../../../test/support/tdb/index.ts';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { layouts } from '../../samba/records/index.ts';
import { LocalSource } from '../local-source.ts';
import { RecordWatch } from './record-watch.ts';
import { Sighting } from './sighting.ts';

const ends: Disposable[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end[Symbol.dispose]();
});

function watch(): RecordWatch<Sighting> {
  const folder = new TemporaryFolder();
  mkdirSync(folder.file('msg.lock'));
  folder.file('msg.lock/4711', '99\n');
  folder.file('smbXsrv_session_global.tdb', tdbImage([[idKey(1), packSession(layouts[0]!, { id: 1 })]]).bytes);
  for (const name of ['open', 'tcon']) folder.file(`smbXsrv_${name}_global.tdb`, tdbImage([]).bytes);
  const source = new LocalSource({
    instance: 1,
    locate: () => loneServer(folder.path),
  });
  ends.push(source, folder);
  return new RecordWatch(source, (server) => new Sighting(server, 0), new AbortController().signal);
}

test('one who can not look hears of it; those beside and after it see all the same', async () => {
  const records = watch();
  const broken = records.until(() => {
    throw new Error('it has no eyes');
  }, 5000);
  const [failed, seen] = await Promise.allSettled([broken, records.look()]);
  expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'it has no eyes' } });
  expect(seen).toMatchObject({ status: 'fulfilled', value: { sighting: expect.any(Sighting), problem: null } });
  expect((await records.look()).sighting).toBeInstanceOf(Sighting);
});
