import { describe, expect, test } from 'vitest';
import { packSession, packTcon } from '../../../test/support/records/index.ts';
import { DecodeError } from '../bytes/index.ts';
import { decodeSessionGlobal, decodeTconGlobal, LayoutDecoder, layouts } from './index.ts';

/** Records of one file, as the table hands them to a decoder. */
const raw = (records: readonly (readonly [number, Buffer])[]) =>
  records.map(([key, bytes]) => ({ key, bytes, dataAt: 0, dataEnd: bytes.length }));

const names = ['a', 'ab', 'abc', 'abcd', '王小明', 'ß'.repeat(40)];

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
