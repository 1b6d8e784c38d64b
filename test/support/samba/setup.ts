import { access, realpath, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Account, type AccountFiles, borrowAccounts, createPrivateAccounts, defaultUsers } from './accounts.ts';
import { type Configuration, writeConfiguration } from './configuration.ts';
import { SambaError } from './errors.ts';
import { createFolder, writeSystemFiles } from './folder.ts';
import { Keeper } from './keeper.ts';
import type { PrivateSambaOptions } from './options.ts';
import { Programs } from './programs.ts';
import { testedRoot } from './tested-root.ts';

/** All that is ready before smbd starts. Paths are seen from the host. */
export interface Setup extends Configuration {
  readonly root: string;
  readonly binary: string;
  readonly directory: string;
  readonly users: readonly Account[];
  readonly release: string;
  readonly keeper: Keeper;
  readonly programs: Programs;
}

/** Makes the private folder and all that smbd needs in it. Closing the keeper undoes it. */
export async function setUp(options: PrivateSambaOptions): Promise<Setup> {
  const binary = options.binary ?? '/usr/sbin/smbd';
  const root = await findRoot(options.root ?? testedRoot, binary);
  const directory = await createFolder(root, options.directory);
  const { keeper, files } = await makePrivate(root, directory, options);
  try {
    await writeFile(join(directory, 'private', 'smbpasswd'), files.smbpasswd, { mode: 0o600 });
    const programs = new Programs(keeper, root, binary);
    const configuration = await writeConfiguration(options, directory, programs);
    const release = await readRelease(programs, binary);
    return { ...configuration, root, binary, directory, users: files.accounts, release, keeper, programs };
  } catch (error) {
    await keeper.close();
    throw error;
  }
}

async function findRoot(root: string, binary: string): Promise<string> {
  if (process.getuid?.() !== 0) throw new SambaError('SAMBA_NEEDS_ROOT', 'only root can run a private smbd');
  try {
    await access(join(root, binary));
    return await realpath(root);
  } catch (cause) {
    throw new SambaError('SAMBA_NOT_INSTALLED', `there is no ${binary} in ${root}`, { cause });
  }
}

async function makePrivate(
  root: string,
  directory: string,
  { users = defaultUsers, ownPids = false }: PrivateSambaOptions,
): Promise<{ keeper: Keeper; files: AccountFiles }> {
  let keeper: Keeper | undefined;
  try {
    const files = await createPrivateAccounts(root, users);
    await writeSystemFiles(directory, files);
    keeper = await Keeper.start(root, directory, join('/', relative(root, directory)), ownPids);
    return { keeper, files: keeper.isPrivate ? files : await borrowAccounts(root, users) };
  } catch (error) {
    await keeper?.close();
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function readRelease(programs: Programs, binary: string): Promise<string> {
  const answer = await programs.run([binary, '--version']);
  return answer.replace(/^Version\s+/, '').trim();
}
