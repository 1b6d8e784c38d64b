import { ConfigError } from './config-file.ts';

/** One Samba server to look at. */
export interface InstanceOption {
  /** Its number in locations, and its `tenant_id`. */
  readonly instance: number;
  /** Its smb.conf; null for the server that is found running here. */
  readonly smbConf: string | null;
}

/**
 * Reads the values of `--smb-conf`: `[N=]FILE`, N being 1 where it is left out. None: the server that runs here is 1.
 *
 * @returns in ascending order of their numbers
 * @throws ConfigError where a number is given twice, or is none
 */
export function parseInstances(values: readonly string[]): InstanceOption[] {
  if (values.length === 0) return [{ instance: 1, smbConf: null }];
  const instances = values.map(parseInstance).sort((a, b) => a.instance - b.instance);
  const doubled = instances.find(({ instance }, i) => instances[i + 1]?.instance === instance);
  if (doubled !== undefined) {
    throw new ConfigError(
      `two Samba servers have the number ${doubled.instance}; give each its own: --smb-conf 2=FILE`,
    );
  }
  return instances;
}

function parseInstance(value: string): InstanceOption {
  const match = /^(\d+)=(.*)$/s.exec(value);
  const [number, smbConf] = match === null ? [1, value] : [Number(match[1]), match[2]!];
  if (number < 1 || number > 99_999) throw new ConfigError(`"${value}": a server's number is 1 to 99999`);
  if (smbConf === '') throw new ConfigError(`"${value}" names no file; it must be FILE or N=FILE`);
  return { instance: number, smbConf };
}
