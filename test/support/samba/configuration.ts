import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOpenFolder } from './folder.ts';
import type { PrivateSambaOptions } from './options.ts';
import { findFreePort } from './port.ts';
import type { Programs } from './programs.ts';
import {
  clientSection,
  formatSmbConf,
  globalSection,
  loopbackAddresses,
  type ShareOptions,
  shareSection,
} from './smb-conf.ts';

/** The configuration of one instance, as written. Paths are seen from the host. */
export interface Configuration {
  readonly port: number;
  readonly addresses: readonly string[];
  /** Share name to folder. */
  readonly shares: ReadonlyMap<string, string>;
  readonly smbConf: string;
  /** The configuration of smbclient and the like, which have nothing to do with the server's own files. */
  readonly clientConf: string;
  readonly lockDirectory: string;
}

/** Writes the configuration files and makes the folders of the shares. */
export async function writeConfiguration(
  options: PrivateSambaOptions,
  directory: string,
  programs: Programs,
): Promise<Configuration> {
  const { addresses = loopbackAddresses(), shares = [{ name: 'public' }] } = options;
  const port = options.port ?? (await findFreePort());
  const inside = programs.inside(directory);
  const global = { ...globalSection(inside, port, addresses), ...options.globals };
  const paths = await createShares(shares, directory, programs);
  const sections = shares.map((share) => [share.name, shareSection(paths.get(share.name)!, share.options)] as const);

  const smbConf = join(directory, 'smb.conf');
  const clientConf = join(directory, 'client.conf');
  await writeFile(smbConf, formatSmbConf({ global, ...Object.fromEntries(sections) }));
  await writeFile(clientConf, formatSmbConf({ global: clientSection(inside) }));
  return {
    port,
    addresses,
    shares: new Map([...paths].map(([name, path]) => [name, programs.outside(path)])),
    smbConf,
    clientConf,
    lockDirectory: programs.outside(global['lock directory']!),
  };
}

/** Returns the folder of each share, as smbd sees it. */
async function createShares(
  shares: readonly ShareOptions[],
  directory: string,
  programs: Programs,
): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for (const { name, path } of shares) {
    const own = join(directory, 'shares', name);
    if (path === undefined) await createOpenFolder(own);
    paths.set(name, path ?? programs.inside(own));
  }
  return paths;
}
