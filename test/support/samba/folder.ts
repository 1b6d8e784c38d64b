import { chmod, mkdir, mkdtemp, readdir, realpath, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { AccountFiles } from './accounts.ts';
import { SambaError } from './errors.ts';
import { FOLDERS } from './smb-conf.ts';

/** Makes the private folder (host path), with all that is in it before smbd runs. */
export async function createFolder(root: string, wanted: string | undefined): Promise<string> {
  const folder = wanted === undefined ? await mkdtemp(join(await temporary(root), 'smbwho-')) : await inParent(wanted);
  if (relative(root, folder).startsWith('..')) throw new SambaError('SAMBA_BAD_OPTION', `${folder} is not in ${root}`);
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new SambaError('SAMBA_BAD_OPTION', `${folder} is not empty`);
  // Users have to get through to the shares, but must not look around.
  await chmod(folder, 0o711);
  for (const name of FOLDERS) await mkdir(join(folder, name), { recursive: true, mode: 0o755 });
  await chmod(join(folder, 'private'), 0o700);
  return folder;
}

/** Writes the files that cover those of `/etc`: the accounts, and name services that never ask the network. */
export async function writeSystemFiles(folder: string, files: AccountFiles): Promise<void> {
  const etc = join(folder, 'etc');
  await writeFile(join(etc, 'passwd'), files.passwd);
  await writeFile(join(etc, 'group'), files.group);
  await writeFile(join(etc, 'nsswitch.conf'), 'passwd: files\ngroup: files\nshadow: files\nhosts: files\n');
  await writeFile(join(etc, 'hosts'), `127.0.0.1 localhost\n::1 localhost\n127.0.1.1 ${hostname()}\n`);
}

/** Makes a folder that everybody may write to. */
export async function createOpenFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o777);
}

async function temporary(root: string): Promise<string> {
  return realpath(root === '/' ? tmpdir() : join(root, 'tmp'));
}

/** The path without symbolic links; only the last part may be missing. */
async function inParent(path: string): Promise<string> {
  const absolute = resolve(path);
  return join(await realpath(dirname(absolute)), basename(absolute));
}
