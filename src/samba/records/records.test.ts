import { describe, expect, test } from 'vitest';
import { keyBytes, packOpen, packSession, packTcon, someTime } from '../../../test/support/records/index.ts';
import { DecodeError } from '../bytes/index.ts';
import {
  decodeOpenGlobal,
  decodeSessionGlobal,
  decodeTconGlobal,
  isDisconnected,
  LayoutDecoder,
  layouts,
} from './index.ts';

/** Records of one file, as the table hands them to a decoder. */
const raw = (records: readonly (readonly [number, Buffer])[]) =>
  records.map(([key, bytes]) => ({ key, bytes, dataAt: 0, dataEnd: bytes.length }));

const sids = (count: number) => Array.from({ length: count }, (_, i) => `S-1-5-21-1-2-3-${1000 + i}`);
const names = ['a', 'ab', 'abc', 'abcd', '王小明', 'ß'.repeat(40)];

describe.each(layouts.map((layout) => [layout.since, layout] as const))('layout of %s', (_, layout) => {
  const chosen = <V>(decoder: LayoutDecoder<V>, records: readonly (readonly [number, Buffer])[]) => {
    decoder.choose(raw(records));
    return (key: number, bytes: Buffer) => decoder.decode(bytes, 0, bytes.length, key);
  };

  test('sessions of every shape decode whole', () => {
    const shapes = names.flatMap((accountName, i) =>
      [0, 1, 2, 7, 300].map((groups, j) => ({
        id: 1 + i * 10 + j,
        accountName,
        domainName: names[(i + j) % names.length]!,
        remoteAddress: j % 2 === 0 ? `ipv4:192.0.2.${i}:5000${j}` : `ipv6:2001:db8::${i}:6000${j}`,
        groups: Array.from({ length: groups }, (_, g) => BigInt(g)),
        sids: sids(1 + (groups % 9)),
        channels: 1 + ((i * 5 + j) % 32),
        watchers: j % 3,
      })),
    );
    const records = shapes.map((shape) => [shape.id, packSession(layout, shape)] as const);
    const decode = chosen(new LayoutDecoder(decodeSessionGlobal, true), records);
    for (const [i, [id, bytes]] of records.entries()) {
      const { accountName, domainName, remoteAddress, channels } = shapes[i]!;
      const session = decode(id, bytes);
      expect(session).toMatchObject({ sessionGlobalId: id, creationTime: someTime, authTime: 1_795_556_450_277_741 });
      expect(session.authSessionInfo).toMatchObject({ accountName, domainName, uid: 1000, unixName: 'unix-name' });
      expect(session.authSessionInfo!.userSid).toBe('S-1-5-21-1-2-3-1000');
      expect(session.channels).toHaveLength(channels);
      expect(session.channels.at(-1)).toMatchObject({ remoteAddress, serverId: { pid: 4711, uniqueId: 99n } });
    }
  });

  test('a session that is not authenticated, or being torn down', () => {
    const records = [
      [1, packSession(layout, { id: 1 })],
      [2, packSession(layout, { id: 2, hasAuthenticated: false })],
      [3, packSession(layout, { id: 3, channels: 0 })],
    ] as const;
    const decode = chosen(new LayoutDecoder(decodeSessionGlobal, true), records);
    expect(decode(2, records[1][1]).authSessionInfo).toBeNull();
    expect(decode(3, records[2][1]).channels).toEqual([]);
  });

  test('no key leaves the decoder', () => {
    const bytes = packSession(layout, { id: 1 });
    expect(bytes.includes(keyBytes)).toBe(true);
    const session = chosen(new LayoutDecoder(decodeSessionGlobal, true), [[1, bytes]])(1, bytes);
    const text = JSON.stringify(session, (_, value) => (typeof value === 'bigint' ? value.toString(16) : value));
    expect(text).not.toContain('5ec4e7');
    expect(text).not.toContain('buffer');
  });

  test('tree connects', () => {
    const records = names.map(
      (shareName, i) => [i + 1, packTcon(layout, { id: i + 1, sessionId: 9, shareName })] as const,
    );
    const decode = chosen(new LayoutDecoder(decodeTconGlobal), records);
    for (const [id, bytes] of records) {
      expect(decode(id, bytes)).toMatchObject({ tconGlobalId: id, sessionGlobalId: 9, shareName: names[id - 1] });
    }
  });

  test('opens', () => {
    const records = [1, 2, 3].map(
      (id) => [id, packOpen(layout, { id, sessionId: 9, tconId: 4, isDisconnected: id === 3 })] as const,
    );
    const decode = chosen(new LayoutDecoder(decodeOpenGlobal), records);
    const [first, , last] = records.map(([id, bytes]) => decode(id, bytes));
    expect(first).toMatchObject(
      layout.openSession
        ? { sessionGlobalId: 9, tconGlobalId: 4, openOwner: null }
        : { sessionGlobalId: null, tconGlobalId: null, openOwner: 'S-1-5-21-1111111111-2222222222-3333333333-1000' },
    );
    expect(isDisconnected(first!.serverId)).toBe(false);
    expect(isDisconnected(last!.serverId)).toBe(true);
  });

  test('every truncation is an error that says where', () => {
    for (const [decoder, bytes] of [
      [new LayoutDecoder<unknown>(decodeSessionGlobal, true), packSession(layout, { id: 1, channels: 2 })],
      [new LayoutDecoder<unknown>(decodeTconGlobal), packTcon(layout, { id: 1, sessionId: 2, shareName: 'share' })],
      [new LayoutDecoder<unknown>(decodeOpenGlobal), packOpen(layout, { id: 1, sessionId: 2, tconId: 3 })],
    ] as const) {
      decoder.choose(raw([[1, bytes]]));
      for (let length = 0; length < bytes.length; length++) {
        expect(() => decoder.decode(bytes, 0, length, 1), `${length} bytes`).toThrow(DecodeError);
      }
    }
  });
});

describe('LayoutDecoder', () => {
  test.each(layouts.map((layout) => [layout.since, layout] as const))(
    'finds %s by the session records',
    (_, layout) => {
      const decoder = new LayoutDecoder(decodeSessionGlobal, true);
      const records = names.map((accountName, i) => [i, packSession(layout, { id: i, accountName })] as const);
      expect(decoder.choose(raw(records))).toBe(true);
      // 4.15.9 to 4.19 store sessions alike; every other row reads only its own.
      const alike = ['4.19', '4.15.9'];
      const expected = alike.includes(layout.since) ? alike : [layout.since];
      expect(decoder.fitting.map(({ since }) => since)).toEqual(expected);
    },
  );

  test('a token of an older release is never taken for one with claims', () => {
    const layout = layouts.find(({ since }) => since === '4.15.9')!;
    const decoder = new LayoutDecoder(decodeSessionGlobal, true);
    // Where 4.20 has the counts of claims, this one has the user's uid, gid and groups.
    const records = [0n, 1n, 7n, 1000n].map((uid, i) => {
      const session = { id: i, uid, groups: [uid], sids: ['S-1-5-21-1-2-3-1000', 'S-1-1-0'] };
      return [i, packSession(layout, session)] as const;
    });
    decoder.choose(raw(records));
    expect(decoder.fitting.map(({ since }) => since)).toEqual(['4.19', '4.15.9']);
  });

  test('one session with claims does not keep the others from being read', () => {
    const decoder = new LayoutDecoder(decodeSessionGlobal, true);
    const records = [packSession(layouts[0]!, { id: 0 }), packSession(layouts[0]!, { id: 1, claims: 3 })] as const;
    expect(decoder.choose(raw([[1, records[1]]]))).toBe(true);
    expect(() => decoder.decode(records[1], 0, records[1].length, 1)).toThrow(
      expect.objectContaining({ code: 'RECORD_HAS_CLAIMS' }),
    );
    expect(decoder.decode(records[0], 0, records[0].length, 0).sessionGlobalId).toBe(0);
  });

  test('a record under another key is none', () => {
    const decoder = new LayoutDecoder(decodeTconGlobal);
    const bytes = packTcon(layouts[0]!, { id: 5, sessionId: 1, shareName: 'x' });
    expect(decoder.choose(raw([[6, bytes]]))).toBe(false);
    expect(decoder.unknownLayout().message).toContain('RECORD_KEY_MISMATCH');
  });

  test('bytes behind the last field are an error', () => {
    const decoder = new LayoutDecoder(decodeTconGlobal);
    const bytes = packTcon(layouts[0]!, { id: 5, sessionId: 1, shareName: 'x' });
    decoder.choose(raw([[5, bytes]]));
    const longer = Buffer.concat([bytes, Buffer.alloc(1)]);
    expect(() => decoder.decode(longer, 0, longer.length, 5)).toThrow(
      expect.objectContaining({ code: 'RECORD_TRAILING_BYTES' }),
    );
  });

  test('without a layout nothing decodes, and the error says what was nearest', () => {
    const decoder = new LayoutDecoder(decodeSessionGlobal, true);
    expect(decoder.choose(raw([[1, Buffer.alloc(300, 1)]]))).toBe(false);
    expect(() => decoder.decode(Buffer.alloc(4), 0, 4, 1)).toThrow(
      expect.objectContaining({ code: 'RECORD_LAYOUT_UNKNOWN' }),
    );
  });

  test('when the server becomes another release, the layout follows the bytes', () => {
    const decoder = new LayoutDecoder(decodeTconGlobal);
    const [newest, , older] = layouts;
    decoder.choose(raw([[1, packTcon(older!, { id: 1, sessionId: 1, shareName: 'x' })]]));
    const bytes = packTcon(newest!, { id: 2, sessionId: 1, shareName: 'y' });
    expect(() => decoder.decode(bytes, 0, bytes.length, 2)).toThrow(DecodeError);
    expect(decoder.choose(raw([[2, bytes]]))).toBe(true);
    expect(decoder.decode(bytes, 0, bytes.length, 2).shareName).toBe('y');
  });
});
