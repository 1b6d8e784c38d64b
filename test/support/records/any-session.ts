import fc from 'fast-check';
import type { Claim } from './pack-claims.ts';
import type { SessionRecord } from './pack-records.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 300 }).filter((some) => !some.includes('\0'));
const shortText = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((some) => !some.includes('\0'));
const textOrNull = fc.option(text);
const uint = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
const uint32 = fc.nat({ max: 2 ** 32 - 1 });
const sid = fc
  .tuple(uint32, fc.array(uint32, { maxLength: 15 }))
  .map(([authority, parts]) => ['S-1', authority, ...parts].join('-'));
const sids = fc.array(sid, { maxLength: 40 });

const octets = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const values = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 5 });
const name = fc.option(shortText);
const claims: fc.Arbitrary<readonly Claim[]> = fc.array(
  fc.oneof(
    fc.record({
      name,
      type: fc.constant('int64'),
      values: values(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    }),
    fc.record({ name, type: fc.constantFrom('uint64', 'boolean'), values: values(uint(64)) }),
    fc.record({ name, type: fc.constantFrom('string', 'sid'), values: values(shortText) }),
    fc.record({ name, type: fc.constant('octetString'), values: values(octets) }),
  ),
  { maxLength: 6 },
);
const address = fc.oneof(
  fc.ipV4().map((host) => `ipv4:${host}`),
  fc.ipV6().map((host) => `ipv6:${host}`),
);
const remoteAddress = fc.tuple(address, fc.nat(65_535)).map((parts) => parts.join(':'));

/** Any session that smbd might store, and many that it would not. */
export const anySession: fc.Arbitrary<SessionRecord> = fc.record({
  id: uint32,
  creationTime: uint(56).map((since1970) => 116_444_736_000_000_000n + since1970),
  hasAuthenticated: fc.boolean(),
  dialect: fc.constantFrom(0, 0x0202, 0x0210, 0x0300, 0x0302, 0x0311),
  signingFlags: fc.nat(7),
  encryptionFlags: fc.nat(15),
  hasKeys: fc.boolean(),
  localAddress: remoteAddress,
  remoteAddresses: fc.array(remoteAddress, { maxLength: 32 }),
  remoteName: text,
  pid: fc.nat(2 ** 31 - 1),
  uniqueId: uint(64),
  accountName: textOrNull,
  userPrincipalName: textOrNull,
  domainName: textOrNull,
  dnsDomainName: textOrNull,
  fullName: textOrNull,
  unixName: textOrNull,
  sanitizedUsername: textOrNull,
  sids,
  deviceSids: sids,
  claims: fc.record({ local: claims, user: claims, device: claims }),
  uid: uint(32),
  gid: uint(32),
  groups: fc.array(uint(32), { maxLength: 60 }),
  without: fc.subarray(['token', 'unixToken', 'info', 'unixInfo'] as const),
});
