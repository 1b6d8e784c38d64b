import { isIP, isIPv4 } from 'node:net';
import { parseList, type ShareSection } from '../../samba/shares/index.ts';
import { type NetworkPermission, shareRights } from '../../sessions/index.ts';

/** What `hosts allow` and `hosts deny` of a share come to; what can't be said of them, by name. */
export interface NetworkPermissions {
  readonly permissions: readonly NetworkPermission[];
  readonly unsaid: readonly string[];
}

type Values = ShareSection['values'];

const loopback = ['127.0.0.1', '::1'];

/**
 * Who can reach a share (lib/util/access.c). Only addresses can be said: no names, no domains of DNS, no netgroups.
 *
 * @param defaults what [global] says, which every connection has to pass first
 */
export function toNetworkPermissions(values: Values, defaults: Values): NetworkPermissions {
  const unsaid = new Set<string>();
  const list = (parameter: string, name: string) => parseHosts(values.get(parameter), () => unsaid.add(name));
  const allow = list('hostsallow', 'hosts allow');
  const deny = list('hostsdeny', 'hosts deny');
  for (const [parameter, name] of [
    ['hostsallow', 'hosts allow'],
    ['hostsdeny', 'hosts deny'],
  ] as const) {
    const ofAll = defaults.get(parameter) ?? '';
    if (ofAll !== '' && ofAll !== values.get(parameter)) unsaid.add(name);
  }
  // What is no longer allowed by an exception may be denied or not: that has no entry.
  if (deny !== null && allow !== null && allow.except.length > 0) unsaid.add('hosts allow');
  const permissions =
    allow === null
      ? deny === null
        ? [entry('ALLOWED', [])]
        : [...denying(deny), entry('ALLOWED', [])]
      : deny === null
        ? [entry('ALLOWED', loopback), ...entries('DENIED', allow.except), ...entries('ALLOWED', allow.hosts)]
        : [...entries('ALLOWED', allow.hosts), ...denying(deny), entry('ALLOWED', [])];
  return { permissions, unsaid: [...unsaid] };
}

interface Hosts {
  /** Empty where none of them can be said; null among them is all addresses. */
  readonly hosts: readonly (string | null)[];
  readonly except: readonly (string | null)[];
}

function denying({ hosts, except }: Hosts): NetworkPermission[] {
  return [...entries('ALLOWED', except), ...entries('DENIED', hosts)];
}

function entries(type: NetworkPermission['type'], hosts: Hosts['hosts']): NetworkPermission[] {
  if (hosts.length === 0) return [];
  return [entry(type, hosts.includes(null) ? [] : hosts.filter((host) => host !== null))];
}

function entry(type: NetworkPermission['type'], addressRanges: readonly string[]): NetworkPermission {
  return { type, addressRanges, rights: shareRights };
}

/** Null where there is no list. */
function parseHosts(value: string | undefined, leaveOut: () => void): Hosts | null {
  const items = parseList(value);
  if (items.length === 0) return null;
  const at = items.findIndex((item) => item.toUpperCase() === 'EXCEPT');
  const toRanges = (tokens: readonly string[]) =>
    tokens.flatMap((token) => {
      const range = toRange(token);
      if (range === undefined && token.toUpperCase() !== 'EXCEPT') leaveOut();
      return range === undefined ? [] : [range];
    });
  return { hosts: toRanges(at < 0 ? items : items.slice(0, at)), except: at < 0 ? [] : toRanges(items.slice(at + 1)) };
}

/** One pattern as an address or network; null for all addresses, undefined where it is none. */
function toRange(token: string): string | null | undefined {
  if (/^(ALL|FAIL)$/i.test(token)) return null;
  const bare = token.replace(/^::ffff:/i, '');
  if (isIP(bare) !== 0) return bare;
  const parts = bare.split('.').slice(0, -1);
  if (/^(\d{1,3}\.){1,3}$/.test(bare)) return `${[...parts, '0', '0', '0'].slice(0, 4).join('.')}/${8 * parts.length}`;
  const [, address = '', mask = ''] = /^\[?([\d.:a-f]+)\]?\/([\d.]+)$/i.exec(bare) ?? [];
  const maxBits = [0, 0, 0, 0, 32, 0, 99][isIP(address)]!;
  if (/^\d{1,2}$/.test(mask)) return Number(mask) <= maxBits ? `${address}/${Number(mask)}` : undefined;
  const bits = isIPv4(address) && isIPv4(mask) ? maskBits(mask) : undefined;
  return bits === undefined ? undefined : `${address}/${bits}`;
}

/** Undefined for a mask with a gap. */
function maskBits(mask: string): number | undefined {
  const digits = mask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(digits) ? digits.replaceAll('0', '').length : undefined;
}
