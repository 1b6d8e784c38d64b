import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

/** A share of the private Samba: open to everybody, guests included, unless its options say otherwise. */
export interface ShareOptions {
  readonly name: string;
  /** Its folder, as smbd sees it. Default: a new one in the private folder that everybody may write to. */
  readonly path?: string;
  /** More lines of its section, e.g. `{ 'smb encrypt': 'required' }`. */
  readonly options?: Readonly<Record<string, string>>;
}

/** One section of an smb.conf. */
export type Section = Readonly<Record<string, string>>;

/** Samba's own directories, in the folder of a server as well as in that of its clients. */
const DIRECTORIES = {
  'lock directory': 'lock',
  'state directory': 'state',
  'cache directory': 'cache',
  'pid directory': 'pid',
  'private dir': 'private',
  'ncalrpc dir': 'ncalrpc',
} as const;

/** The folders to make inside the private folder before smbd starts. */
export const FOLDERS: readonly string[] = [
  ...Object.values(DIRECTORIES),
  ...Object.values(DIRECTORIES).map((name) => join('client', name)),
  'log',
  'shares',
  'etc',
];

/** The loopback addresses of this machine: 127.0.0.1, and ::1 where there is IPv6. */
export function loopbackAddresses(): readonly string[] {
  const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some((entry) => entry.address === '::1'));
  return hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
}

/** The `[global]` section of a server that keeps to its own folder, its own port and the given addresses. */
export function globalSection(folder: string, port: number, addresses: readonly string[]): Section {
  return {
    'server role': 'standalone server',
    workgroup: 'WORKGROUP',
    'smb ports': String(port),
    'bind interfaces only': 'yes',
    interfaces: addresses.join(' '),
    'hostname lookups': 'no',
    'name resolve order': 'host',
    'disable netbios': 'yes',
    'disable spoolss': 'yes',
    'load printers': 'no',
    'printcap name': '/dev/null',
    printing: 'bsd',
    'usershare max shares': '0',
    'map to guest': 'Bad User',
    'passdb backend': `smbpasswd:${join(folder, 'private', 'smbpasswd')}`,
    'log file': join(folder, 'log', 'log.smbd'),
    'winbindd socket directory': join(folder, 'winbindd'),
    ...directories(folder),
  };
}

/** The `[global]` section for clients, which otherwise would register themselves in the server's lock directory. */
export function clientSection(folder: string): Section {
  return { 'name resolve order': 'host', 'client min protocol': 'NT1', ...directories(join(folder, 'client')) };
}

/** The section of one share. */
export function shareSection(path: string, options: Section = {}): Section {
  return { path, 'guest ok': 'yes', 'read only': 'no', ...options };
}

/** The text of an smb.conf. */
export function formatSmbConf(sections: Readonly<Record<string, Section>>): string {
  const blocks = Object.entries(sections).map(([name, section]) => {
    const lines = Object.entries(section).map(([key, value]) => `  ${key} = ${value}\n`);
    return `[${name}]\n${lines.join('')}`;
  });
  return blocks.join('\n');
}

function directories(folder: string): Section {
  return Object.fromEntries(Object.entries(DIRECTORIES).map(([key, name]) => [key, join(folder, name)]));
}
