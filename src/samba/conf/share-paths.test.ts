import { expect, test } from 'vitest';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { sharePaths } from './share-paths.ts';
import { readSmbConf } from './smb-conf.ts';

test('folders of shares, null where they are not the same for all, or not said here', () => {
  using folder = new TemporaryFolder();
  const path = folder.file(
    'smb.conf',
    `[global]
  path = /tmp
[homes]
  path = /home/%S
[Docs]
  path = /srv/docs
[old name]
  directory = /srv/old
[own]
  path = /srv/%U
[copied]
  path = /srv/docs
  copy = docs
[bare]
  read only = no
`,
  );
  expect(Object.fromEntries(sharePaths(readSmbConf(path)))).toEqual({
    docs: '/srv/docs',
    'old name': '/srv/old',
    own: null,
    copied: null,
    bare: null,
  });
});
