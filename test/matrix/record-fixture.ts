import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalSource } from '../../src/live/index.ts';
import { locateInstance } from '../../src/samba/conf/index.ts';
import { type FilesGolden, fixturesFolder, openFilesFolder, type Provenance } from '../support/fixtures/index.ts';
import { askFileJudge, askJudge } from '../support/judge/index.ts';
import { recordOpenFiles, recordServer } from '../support/recordings/index.ts';
import { PrivateSamba } from '../support/samba/index.ts';
import { inviteVisitors, openFiles, serverOfFiles, visitedServer } from '../support/scenarios/index.ts';
import type { Suite } from '../support/suites/index.ts';

/** Makes test/fixtures/<release> anew: the files of a server with all visitors, and what its smbstatus says of them. */
export async function recordFixture({ release, debian, root }: Suite): Promise<string> {
  await using samba = await PrivateSamba.start({ ...visitedServer, root: root ?? '/' });
  await using _visitors = await inviteVisitors(samba);
  using source = new LocalSource({ instance: 1, locate: () => locateInstance(samba.smbConf) });
  await source.refresh();

  const folder = join(fixturesFolder, release);
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await recordServer(samba.lockDirectory, unfinished);
  const provenance: Provenance = {
    release: samba.release,
    debian,
    recordedAt: new Date().toISOString(),
    madeBy: `npm run test:matrix -- --record ${release}`,
    scenario: 'test/support/scenarios: visitedServer with inviteVisitors, all on loopback',
    keys: 'every blob in the records is overwritten with zeros; dead records and free space are left out',
    judge: 'golden.json is what smbstatus of the same Samba said at that moment, as far as it is compared',
    layouts: source.lastRead!.examine().layouts.map(({ since }) => since),
    forcedShares: ['forced'],
  };
  await writeJson(join(unfinished, 'provenance.json'), provenance);
  await writeJson(join(unfinished, 'golden.json'), await askJudge(samba));
  await recordFiles(root ?? '/', join(unfinished, openFilesFolder));
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  return folder;
}

/** What a server with files of all kinds has open, what its clients did, and what its smbstatus says of that. */
export async function recordFiles(root: string, folder: string): Promise<void> {
  await using samba = await PrivateSamba.start(serverOfFiles(root));
  await using scenario = await openFiles(samba, [1, 2, 3, 4, 5, 6, 7, 8, 63, 64, 65, 254, 255]);
  const judged = await askFileJudge(samba);
  await recordOpenFiles(samba.lockDirectory, folder);
  const { opens, beneathStreams } = scenario;
  const shares = Object.fromEntries([...samba.shares].map(([name, path]) => [name, samba.inside(path)]));
  const golden: FilesGolden = { release: samba.release, shares, opens, beneathStreams, judged };
  await writeFile(join(folder, 'golden.json'), `${JSON.stringify(golden).replaceAll('},{', '},\n{')}\n`);
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 1)}\n`);
}
