import { afterEach, beforeEach, expect, test } from 'vitest';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { answer, refusal, WinbindServer } from '../../../test/support/winbind/index.ts';
import type { SambaInstance } from '../../samba/conf/index.ts';
import { describeWinbind } from './winbind-finding.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
  folder.file('smb.conf', `[global]\nwinbindd socket directory = ${folder.path}\n`);
});
afterEach(() => folder[Symbol.dispose]());

const look = () => {
  const instance: Pick<SambaInstance, 'smbConfPath' | 'root'> = { smbConfPath: folder.file('smb.conf'), root: '' };
  return describeWinbind(instance as SambaInstance);
};

test.each([
  ['answers, as its controller does', 33, answer(), 'ok', /and a domain controller answers it$/],
  ['answers without a controller', 32, refusal(), 'note', /no domain controller/],
  ['is of a release to come', 99, answer(), 'note', /version 99/],
])('a winbindd that %s', async (_, version, ping, level, text) => {
  await using _server = await WinbindServer.listen(folder.file('pipe'), ({ command }) =>
    command === 0 ? answer({ 0: version }) : ping,
  );
  expect(await look()).toMatchObject({ topic: 'winbind', level, text: expect.stringMatching(text) });
});

test('none there', async () => {
  expect(await look()).toMatchObject({
    level: 'note',
    text: expect.stringContaining('does not answer'),
    advice: expect.stringContaining('by their sessions only'),
  });
});
