import type { SmbConf } from './smb-conf.ts';

/** Shares that run as another user than the one who connects; `unknown` where the configuration does not say which. */
export type ForcedShares = ReadonlySet<string> | 'unknown';

const parameters = ['forceuser', 'guestonly', 'onlyguest'];
/** Sections that stand for shares of other names. */
const templates = new Set(['global', 'homes', 'printers']);

/**
 * Which shares have `force user` or `guest only`. What is opened through them belongs, by its owner, to another user
 * than the session's.
 *
 * @returns share names in lower case
 */
export function forcedShares({ sections }: SmbConf): ForcedShares {
  const global = sections.get('global');
  const isElsewhere = [global?.get('configbackend'), global?.get('include'), global?.get('registryshares')].some(
    (value) => value !== undefined && !/^(file|no|false|0)$/i.test(value),
  );
  if (isElsewhere) return 'unknown';
  const forced = new Set<string>();
  for (const [section, values] of sections) {
    if (values.has('copy') || values.has('include')) return 'unknown';
    if (!parameters.some((name) => values.has(name))) continue;
    if (templates.has(section)) return 'unknown';
    forced.add(section);
  }
  return forced;
}
