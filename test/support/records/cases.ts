import { localSid } from './pack-auth-session-info.ts';
import type { Claim, ClaimSets } from './pack-claims.ts';
import type { OpenRecord, SessionRecord, TconRecord } from './pack-records.ts';

/**
 * The records that every layout is tested with, by name. Samba's own bindings packed the same ones into `packed/`:
 * after a change here, run `node test/support/records/pack-with-samba.ts ROOT` for each release there.
 */

const texts = [
  '',
  'a',
  'ab',
  'abc',
  'abcd',
  '王小明',
  'Ünal',
  '👩‍💻',
  'ß'.repeat(40),
  'n'.repeat(255),
  'm'.repeat(300),
];
const addresses = [
  'ipv4:192.0.2.1:1',
  'ipv4:192.0.2.123:50123',
  'ipv6:::1:445',
  'ipv6:2001:db8::7:60001',
  'ipv6:fe80::1:2:3:4%eth0:60001',
  'ipv6:::ffff:192.0.2.7:60001',
  'ipv6:2001:db8:1111:2222:3333:4444:5555:6666:65535',
];

const list = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const at = <T>(things: readonly T[], i: number): T => things[i % things.length]!;
const sids = (count: number): string[] => list(count, (i) => `${localSid}-${1000 + i}`);

const claims: Record<string, Claim> = {
  int64: { name: 'int', type: 'int64', values: [0n, -1n, -(2n ** 63n), 2n ** 63n - 1n] },
  uint64: { name: 'ünt', type: 'uint64', values: [2n ** 64n - 1n] },
  string: { name: 'ad://ext/department:88d', type: 'string', values: ['Finance', '', '王', 'x'] },
  sid: { name: 'sid', type: 'sid', values: ['S-1-1-0', `${localSid}-512`] },
  boolean: { name: '', type: 'boolean', values: [1n] },
  octetString: { name: 'octets', type: 'octetString', values: ['', '00', 'ff'.repeat(33)] },
  unnamed: { name: null, type: 'uint64', values: [7n] },
  'without values': { name: 'none', type: 'string', values: [] },
  'many values': { name: 'many', type: 'string', values: list(40, (i) => 'v'.repeat(i % 7)) },
};
const noClaims: ClaimSets = { local: [], user: [], device: [] };
const allClaims = Object.values(claims);

function named<T extends object>(cases: Record<string, T>): Readonly<Record<string, T & { readonly id: number }>> {
  return Object.fromEntries(Object.entries(cases).map(([name, record], i) => [name, { id: i + 1, ...record }]));
}

export const sessionCases: Readonly<Record<string, SessionRecord>> = named<Omit<SessionRecord, 'id'>>({
  plain: {},
  'not authenticated': { hasAuthenticated: false, hasKeys: false },
  'being torn down': { channels: 0 },
  guest: { accountName: 'nobody', sids: [`${localSid}-501`, 'S-1-1-0', 'S-1-5-32-546'], uid: 65534n, hasKeys: false },
  anonymous: { accountName: 'ANONYMOUS LOGON', domainName: 'NT AUTHORITY', sids: ['S-1-5-7', 'S-1-1-0'], groups: [] },
  'a user of a domain': { userPrincipalName: 'alice@example.org', dnsDomainName: 'example.org', unixName: 'EX\\alice' },
  'an empty token': { sids: [], groups: [] },
  'large ids': {
    uid: 2n ** 32n - 2n,
    gid: 2n ** 32n - 3n,
    groups: [2n ** 32n - 4n],
    pid: 2 ** 31 - 1,
    uniqueId: 2n ** 63n,
  },
  'never verified': { uniqueId: 2n ** 64n - 1n, expirationTime: 2n ** 63n },
  SMB1: { dialect: 0, signingFlags: 7, encryptionFlags: 0 },
  encrypted: { dialect: 0x0302, signingFlags: 3, encryptionFlags: 15 },
  'every text NULL': { accountName: null, domainName: null, fullName: null, unixName: null, sanitizedUsername: null },
  'nothing behind user_flags': { accountName: null, domainName: null, fullName: null, without: ['unixInfo'] },
  ...Object.fromEntries(
    (['token', 'unixToken', 'info', 'unixInfo'] as const).map((part) => [`without ${part}`, { without: [part] }]),
  ),
  'without any part': { without: ['token', 'unixToken', 'info', 'unixInfo'] },
  ...Object.fromEntries(
    texts.map((text, i) => [
      `text ${i}`,
      {
        accountName: text,
        domainName: at(texts, i + 1),
        userPrincipalName: at(texts, i + 2),
        dnsDomainName: at(texts, i + 3),
        unixName: at(texts, i + 4),
        sanitizedUsername: at(texts, i + 5),
        remoteName: at(texts, i + 6),
        fullName: at(texts, i + 7),
      },
    ]),
  ),
  ...Object.fromEntries(
    list(32, (i) => [
      `${i + 1} channels`,
      { localAddress: at(addresses, i), remoteAddresses: list(i + 1, (channel) => at(addresses, i + channel)) },
    ]),
  ),
  ...Object.fromEntries(
    [0, 1, 2, 16, 1000].map((count) => [`${count} groups`, { groups: list(count, (i) => BigInt(1000 + i)) }]),
  ),
  ...Object.fromEntries([1, 2, 15, 1000].map((count) => [`${count} SIDs`, { sids: sids(count) }])),
  'a SID of 15 parts': { sids: [`S-1-5-${list(15, (i) => 2 ** 32 - 1 - i).join('-')}`, 'S-1-16-12288'] },
});

/** Only where a layout has claims. */
export const claimCases: Readonly<Record<string, SessionRecord>> = named<Omit<SessionRecord, 'id'>>({
  ...Object.fromEntries(
    Object.entries(claims).map(([name, claim]) => [`claim ${name}`, { claims: { ...noClaims, user: [claim] } }]),
  ),
  'every local claim': { claims: { ...noClaims, local: allClaims } },
  'every device claim': { claims: { ...noClaims, device: allClaims }, deviceSids: sids(3) },
  'every claim everywhere': {
    claims: { local: allClaims, user: allClaims.toReversed(), device: allClaims },
    deviceSids: sids(5),
    groups: [],
  },
  '100 claims': { claims: { ...noClaims, user: list(100, (i) => ({ ...at(allClaims, i % 6), name: `c${i}` })) } },
  'device SIDs': { deviceSids: sids(16) },
  'claims without a unix token': {
    claims: { ...noClaims, user: allClaims },
    without: ['unixToken', 'info', 'unixInfo'],
  },
});

export const tconCases: Readonly<Record<string, TconRecord>> = named<Omit<TconRecord, 'id'>>({
  plain: { sessionId: 9, shareName: 'docs' },
  'being made': { sessionId: 9, shareName: null },
  encrypted: { sessionId: 2 ** 32 - 1, shareName: 'IPC$', encryptionFlags: 15, signingFlags: 7 },
  ...Object.fromEntries(texts.map((shareName, i) => [`text ${i}`, { sessionId: i, shareName }])),
});

export const openCases: Readonly<Record<string, OpenRecord>> = named<Omit<OpenRecord, 'id'>>({
  plain: { sessionId: 9, tconId: 4 },
  disconnected: { sessionId: 9, tconId: 4, isDisconnected: true },
  'without a cookie': { sessionId: 2 ** 32 - 1, tconId: 2 ** 32 - 1, cookie: '' },
  'odd cookie': { sessionId: 1, tconId: 1, cookie: 'c'.repeat(301) },
  'short owner': { sessionId: 1, tconId: 1, owner: 'S-1-5-7' },
});
