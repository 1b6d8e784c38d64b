import { describe, expect, test } from 'vitest';
import { keyBytes, type RecordKind, readPackedBySamba, recordKinds } from '../../../test/support/records/index.ts';
import { LayoutDecoder, layouts } from './index.ts';

/** For each release whose bindings packed records: its row, and all rows that store a kind of record as it does. */
const releases = [
  ['4.25', '4.25', { sessions: ['4.25'], claims: ['4.25'], tcons: ['4.25'], opens: ['4.25'] }],
  [
    '4.22',
    '4.20',
    {
      sessions: ['4.20'],
      claims: ['4.20'],
      tcons: ['4.23', '4.20', '4.19', '4.15.9', '4.15', '4.14.14', '4.13'],
      opens: ['4.20', '4.19'],
    },
  ],
] as const;

const packed = readPackedBySamba();

test('every release that packed records is in the table', () => {
  expect(releases.map(([release]) => release).toSorted()).toEqual(packed.map(({ release }) => release));
});

describe.each(releases)('packed by the bindings of %s', (release, row, alike) => {
  const { bytesOf } = packed.find((one) => one.release === release)!;
  const layout = layouts.find(({ since }) => since === row)!;

  describe.each(Object.keys(recordKinds) as RecordKind[])('%s', (kind) => {
    const { decode, cases } = recordKinds[kind];
    const records = cases.map((one) => {
      const bytes = bytesOf(kind, one.title);
      return { ...one, bytes, dataAt: 0, dataEnd: bytes.length };
    });
    const fitting = (some: typeof records) => {
      const decoder = new LayoutDecoder(decode);
      decoder.choose(some);
      return decoder.fitting.map(({ since }) => since);
    };

    test('decode to what they were packed from', () => {
      const decoder = new LayoutDecoder(decode);
      decoder.choose(records);
      for (const { title, key, bytes, expected } of records) {
        expect(decoder.decode(bytes, 0, bytes.length, key), title).toEqual(expected(layout));
      }
    });

    test('show their layout, even one by one', () => {
      expect(fitting(records)).toEqual(alike[kind]);
      for (const record of records) {
        // What 4.23 added to sessions stands in their channels.
        if (record.title !== 'being torn down') expect(fitting([record]), record.title).toEqual(alike[kind]);
      }
    });

    test('are what our packer makes of the same', () => {
      for (const { title, pack, bytes } of records) {
        expect(pack(layout).toString('hex'), title).toBe(bytes.toString('hex'));
      }
    });
  });

  test('hold the keys that no decoder may show', () => {
    expect(bytesOf('sessions', 'plain').includes(keyBytes)).toBe(true);
  });
});
