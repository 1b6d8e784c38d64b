import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  anySession,
  expectedSession,
  keyBytes,
  packSession,
  packSessionGlobal,
  type RecordKind,
  recordKinds,
} from '../../../test/support/records/index.ts';
import { DecodeError } from '../bytes/index.ts';
import { decodeOpenGlobal, decodeSessionGlobal, isDisconnected, LayoutDecoder, layouts } from './index.ts';
import type { StructDecoder } from './layout-decoder.ts';

/** Reads one record in the layout that its own bytes show. */
function decodeAlone<V>(decode: StructDecoder<V>, key: number, bytes: Buffer, isWatched = false): V {
  const decoder = new LayoutDecoder(decode, isWatched);
  decoder.choose([{ key, bytes, dataAt: 0, dataEnd: bytes.length }]);
  return decoder.decode(bytes, 0, bytes.length, key);
}

/** The lengths at which a record that was cut is read all the same. */
function readableCuts(decoder: LayoutDecoder<unknown>, key: number, bytes: Buffer): number[] {
  const readable: number[] = [];
  for (let length = 0; length < bytes.length; length++) {
    try {
      decoder.decode(bytes, 0, length, key);
      readable.push(length);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  }
  return readable;
}

describe.each(layouts.map((layout) => [layout.since, layout] as const))('layout of %s', (_, layout) => {
  const kinds = Object.keys(recordKinds) as RecordKind[];

  describe.each(layout.clientGuidAndClaims ? kinds : kinds.filter((kind) => kind !== 'claims'))('%s', (kind) => {
    const { decode, cases } = recordKinds[kind];
    const records = cases.map((one) => {
      const bytes = one.pack(layout);
      return { ...one, bytes, dataAt: 0, dataEnd: bytes.length };
    });
    const decoder = new LayoutDecoder(decode);
    decoder.choose(records);

    test('decode whole, whatever their shape', () => {
      expect(decoder.fitting).toContain(layout);
      for (const { title, key, bytes, expected } of records) {
        expect(decoder.decode(bytes, 0, bytes.length, key), title).toEqual(expected(layout));
      }
    });

    test('cut anywhere are an error', () => {
      for (const { title, key, bytes } of records) {
        // Long ones only repeat themselves: one layout is enough for those.
        if (bytes.length > 4096 && layout !== layouts[0]) continue;
        expect(readableCuts(decoder, key, bytes), title).toEqual([]);
      }
    });
  });

  test('no key leaves the decoder', () => {
    const bytes = packSession(layout, { id: 1 });
    expect(bytes.includes(keyBytes)).toBe(true);
    const session = decodeAlone(decodeSessionGlobal, 1, bytes, true);
    const text = JSON.stringify(session, (_, value) => (typeof value === 'bigint' ? value.toString(16) : value));
    expect(text).not.toContain('5ec4e7');
    expect(text).not.toContain('buffer');
  });

  test.each([0, 1, 7])('%d watchers stand before a session', (watchers) => {
    const bytes = packSession(layout, { id: 1, watchers });
    expect(decodeAlone(decodeSessionGlobal, 1, bytes, true)).toEqual(expectedSession(layout, { id: 1 }));
  });

  test('any session reads back', () => {
    fc.assert(
      fc.property(anySession, (record) => {
        const bytes = packSessionGlobal(layout, record);
        expect(decodeAlone(decodeSessionGlobal, record.id, bytes)).toEqual(expectedSession(layout, record));
      }),
    );
  });

  test('an open without a process is disconnected', () => {
    const [plain, disconnected] = ['plain', 'disconnected'].map((title) => {
      const { key, pack } = recordKinds.opens.cases.find((one) => one.title === title)!;
      return decodeAlone(decodeOpenGlobal, key, pack(layout));
    });
    expect(isDisconnected(plain!.serverId)).toBe(false);
    expect(isDisconnected(disconnected!.serverId)).toBe(true);
  });
});
