import { describe, expect, test } from 'vitest';
import { nobody, packLease, packLocks } from '../../../test/support/records/index.ts';
import { DecodeError } from '../bytes/index.ts';
import { ByteRangeLockDecoder, type ByteRangeLocks } from './byte-range-locks.ts';
import { LeaseDecoder } from './leases.ts';

const key = '00'.repeat(24);
const serverId = { pid: 4711, taskId: 0, vnn: 0xffff_ffff, uniqueId: 2n ** 63n };
const held: ByteRangeLocks = { serverId, context: 0x6e23_e7a1, volatileId: 0x2edf_f13b, count: 1 };

describe.each([
  ['4.13', false],
  ['4.25', true],
])('locks of %s', (since, isPersistent) => {
  const read = (bytes: Buffer, dataEnd = bytes.length) => {
    const decoder = new ByteRangeLockDecoder();
    if (!decoder.choose([{ key, bytes, dataAt: 0, dataEnd }])) throw decoder.unknownLayout();
    expect(decoder.fitting.map((layout) => layout.since)).toEqual([since]);
    return decoder.decode(bytes, 0, dataEnd, key);
  };

  test.each<[string, readonly ByteRangeLocks[]]>([
    ['one', [held]],
    ['many of one open', [{ ...held, count: 1000 }]],
    ['of several opens', [{ ...held, count: 2 }, { ...held, volatileId: 1 }, held, { ...held, context: 3 }]],
    ['of a disconnected handle', [{ ...held, serverId: nobody, volatileId: 0, count: 3 }]],
  ])('%s', (_, locks) => {
    expect(read(packLocks(isPersistent, locks))).toEqual(locks);
  });

  test('9 or 10 of one layout, which have as many bytes as some of the other, are told from them', () => {
    for (const count of [9, 10, 90])
      expect(read(packLocks(isPersistent, [{ ...held, count }]))).toMatchObject([{ count }]);
  });

  test('no cut is read, but between two locks', () => {
    const bytes = packLocks(isPersistent, [{ ...held, count: 3 }]);
    const [headBytes, lockBytes] = isPersistent ? [4, 80] : [0, 72];
    for (let end = 1; end < bytes.length; end++) {
      const isWhole = end > headBytes && (end - headBytes) % lockBytes === 0;
      if (isWhole) expect(read(bytes, end)).toMatchObject([{ count: (end - headBytes) / lockBytes }]);
      else if (end !== headBytes) expect(() => read(bytes, end)).toThrow(DecodeError);
    }
  });
});

describe('leases', () => {
  const decoder = new LeaseDecoder();
  const leaseKey = 'ab'.repeat(32);
  const file = (baseName: string, streamName: string | null = null) => ({
    fileId: { device: 1n, inode: 2n, extension: 0n },
    data: { servicePath: '/srv', baseName, streamName, deletedNames: [] },
    entries: [],
  });
  const read = (bytes: Buffer, dataEnd = bytes.length) => {
    if (!decoder.choose([{ key: leaseKey, bytes, dataAt: 0, dataEnd }]) && !decoder.isSettled)
      throw decoder.unknownLayout();
    return decoder.decode(bytes, 0, dataEnd, leaseKey);
  };

  test.each([0, 1, 3, 5, 7])('the state %i', (state) => {
    expect(read(packLease(state, [file('a')]))).toBe(state);
    expect(read(packLease(state, [file('名'), file('b', ':s'), file('c')]))).toBe(state);
  });

  test('a state that none can have, and every cut, is none', () => {
    expect(() => read(packLease(8, [file('a')]))).toThrow(DecodeError);
    const bytes = packLease(7, [file('a', ':s'), file('b')]);
    for (let end = 0; end < bytes.length; end++) expect(() => read(bytes, end)).toThrow(DecodeError);
  });

  test('keys are a GUID and what the client chose', () => {
    expect(decoder.keyOf(decoder.keyBytes(leaseKey), 0, 32)).toBe(leaseKey);
    expect(decoder.keyOf(decoder.keyBytes(leaseKey), 0, 24)).toBeUndefined();
  });
});
