import type { SmbConf } from './smb-conf.ts';

/** Sections that stand for shares of other names. */
const templates = new Set(['global', 'homes', 'printers']);

/**
 * Folders of the shares that the configuration file names, by name in lower case, as smbd sees them. Null where the folder
 * is another for each client, or comes from elsewhere: shares of the registry are not there at all.
 */
export function sharePaths({ sections }: SmbConf): ReadonlyMap<string, string | null> {
  const paths = new Map<string, string | null>();
  for (const [section, values] of sections) {
    if (templates.has(section)) continue;
    const path = values.get('path') ?? values.get('directory');
    const isOwn = path?.startsWith('/') && !path.includes('%') && !values.has('copy') && !values.has('include');
    paths.set(section, isOwn ? path! : null);
  }
  return paths;
}
