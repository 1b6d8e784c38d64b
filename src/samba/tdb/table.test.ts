import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { idKey, MovingFile, Script, tdbImage } from '../../../test/support/tdb/index.ts';
import { DecodeError, readU32be } from '../bytes/index.ts';
import { type RecordDecoder, TdbTable } from './index.ts';

/** Texts as values; a text with an exclamation mark is none. */
class TextDecoder implements RecordDecoder<number, string> {
  decoded = 0;
  isSettled = false;

  keyOf(bytes: Buffer, keyAt: number, lengthBytes: number) {
    return lengthBytes === 4 ? readU32be(bytes, keyAt) : undefined;
  }
  keyBytes(key: number) {
    return idKey(key);
  }
  choose() {
    const changed = !this.isSettled;
    this.isSettled = true;
    return changed;
  }
  unknownLayout() {
    return new DecodeError('RECORD_LAYOUT_UNKNOWN', 'no text', 0);
  }
  decode(bytes: Buffer, dataAt: number, dataEnd: number) {
    this.decoded++;
    const text = bytes.toString('utf8', dataAt, dataEnd);
    if (text.includes('!')) throw new DecodeError('RECORD_BAD_VALUE', 'an exclamation mark', 0);
    return text;
  }
}

let folder: string;
let path: string;
let decoder: TextDecoder;
let table: TdbTable<number, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smbwho-table-'));
  path = join(folder, 'some.tdb');
  decoder = new TextDecoder();
  table = new TdbTable(path, decoder);
});

afterEach(() => {
  table[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const texts = (count: number) => new Map(Array.from({ length: count }, (_, i) => [i + 1, `text ${i + 1}`]));
const imageOf = (values: ReadonlyMap<number, string>) =>
  tdbImage([...values].map(([key, text]) => [idKey(key), Buffer.from(text)]));
const write = (values: ReadonlyMap<number, string>) => writeFileSync(path, imageOf(values).bytes);
const read = () => {
  const state = table.refresh();
  return { ...state, values: new Map([...state.records].map(([key, { value }]) => [key, value])) };
};

describe('TdbTable', () => {
  test.each([0, 1, 200, 3000])('reads all of %d records, each decoded once', (count) => {
    write(texts(count));
    expect(read().values).toEqual(texts(count));
    expect(decoder.decoded).toBe(count);
    expect(read().values).toEqual(texts(count));
    expect(decoder.decoded).toBe(count);
  });

  test.each([1, 500])(
    'of %d records, the one that no chain leads to yet is not there, nor what it is written over',
    (count) => {
      const { bytes, offsets } = imageOf(texts(count + 1));
      const headAt = 168 + 4 + 4 * (bytes.readUInt32LE(offsets[count]! + 16) % 131);
      const linked = Buffer.from(bytes);
      // It is the last of its chain to have been linked: without it the chain begins with the next.
      bytes.copy(bytes, headAt, offsets[count]!, offsets[count]! + 4);
      for (const known of [new Map<number, string>(), texts(count)]) {
        using fresh = new TdbTable(path, new TextDecoder());
        write(known);
        fresh.refresh();
        writeFileSync(path, bytes);
        const { records, problems, stats } = fresh.refresh();
        expect([records.has(count + 1), records.size, problems, stats.anomalies]).toEqual([false, count, [], 1]);
        writeFileSync(path, linked);
        expect(fresh.refresh().records.get(count + 1)?.value).toBe(`text ${count + 1}`);
      }
    },
  );

  test('nor is it there where another record changes while the file is first read', () => {
    const { bytes, offsets } = imageOf(texts(3));
    const headAt = 168 + 4 + 4 * (bytes.readUInt32LE(offsets[2]! + 16) % 131);
    bytes.copy(bytes, headAt, offsets[2]!, offsets[2]! + 4);
    writeFileSync(path, bytes);
    const act = () => {
      bytes.write('TEXT', offsets[0]! + 24 + 4);
      writeFileSync(path, bytes);
    };
    const script = new Script([{ when: 'before', read: 'holds', nth: 1, act }]);
    using moving = new TdbTable(path, new TextDecoder(), (file) => new MovingFile(file, script));
    for (let refresh = 0; refresh < 3; refresh++) {
      const { records, problems } = moving.refresh();
      expect([...records.values()].map(({ value }) => value)).toEqual(['TEXT 1', 'text 2']);
      expect(problems).toEqual([]);
    }
    expect(script.left).toEqual([]);
  });

  test('decodes only what changed, and drops what is gone', () => {
    write(texts(1000));
    read();
    const changed = texts(1000).set(7, 'text !'.replace('!', 'X'));
    changed.delete(1000);
    write(changed);
    const { values, stats } = read();
    expect(values).toEqual(changed);
    expect(stats.decoded).toBe(1);
  });

  test('a record of another kind is passed over', () => {
    writeFileSync(
      path,
      tdbImage([
        [idKey(1), Buffer.from('one')],
        [Buffer.alloc(32, 7), Buffer.from('other')],
      ]).bytes,
    );
    expect(read().values).toEqual(new Map([[1, 'one']]));
  });

  test('one record that is none is a problem of its own', () => {
    write(texts(10).set(3, 'none!'));
    const { values, problems } = read();
    expect(values.get(2)).toBe('text 2');
    expect(problems).toEqual([{ code: 'RECORD_BAD_VALUE', message: 'an exclamation mark (at byte 0)', key: 3 }]);
    expect(read().problems).toEqual(problems);
  });

  test('not one record that can be read is an error, not an empty table', () => {
    write(
      new Map([
        [1, 'a!'],
        [2, 'b!'],
      ]),
    );
    expect(() => read()).toThrow(expect.objectContaining({ code: 'RECORD_LAYOUT_UNKNOWN' }));
    write(texts(2));
    expect(read().values).toEqual(texts(2));
  });

  test('where the walk is stuck, the chains still lead to every record', () => {
    const { bytes, offsets } = imageOf(texts(600));
    // A block of garbage in the middle of the file that no chain leads to.
    const at = offsets[300]!;
    const image = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(64, 0xab), bytes.subarray(at)]);
    for (const place of linkPlaces(bytes, offsets)) {
      const link = bytes.readUInt32LE(place);
      if (link >= at) image.writeUInt32LE(link + 64, place >= at ? place + 64 : place);
    }
    writeFileSync(path, image);
    expect(read().values).toEqual(texts(600));
  });

  test('a record that a chain no longer holds is gone, though its bytes stay', () => {
    write(texts(3));
    read();
    const { bytes, offsets } = imageOf(texts(3));
    bytes.writeUInt32LE(0xfee1dead, offsets[1]! + 20);
    writeFileSync(path, bytes);
    expect([...read().values.keys()]).toEqual([1, 3]);
  });

  test('a chain in a loop is a problem, and costs bounded time', () => {
    const { bytes, offsets } = imageOf(texts(5));
    for (let bucket = 0; bucket < 131; bucket++) bytes.writeUInt32LE(offsets[0]!, 172 + 4 * bucket);
    bytes.writeUInt32LE(offsets[0]!, offsets[0]!);
    bytes.writeUInt32LE(0, offsets[2]! + 20 - 20);
    writeFileSync(path, bytes);
    read();
    bytes.writeUInt32LE(0xfee1dead, offsets[1]! + 20); // makes the table look for what is missing
    writeFileSync(path, bytes);
    const { problems, values } = read();
    expect(problems.map(({ code }) => code)).toContain('TDB_BAD_CHAIN');
    expect(values.get(3)).toBe('text 3');
  });

  test.each([
    ['missing', () => rmSync(path, { force: true }), 'ENOENT'],
    ['empty, as while smbd starts', () => writeFileSync(path, ''), 'TDB_TRUNCATED'],
    ['no TDB', () => writeFileSync(path, Buffer.alloc(9000, 'x')), 'TDB_NOT_TDB'],
  ])('a file that is %s is a named error', (_, prepare, code) => {
    prepare();
    expect(() => read()).toThrow(expect.objectContaining({ code }));
  });

  test('forgetting overwrites what was read', () => {
    write(texts(2));
    const { records } = read();
    table[Symbol.dispose]();
    expect(records.size).toBe(2);
    expect(read().values).toEqual(texts(2));
  });
});

/** Where the file holds offsets of records: chain heads and `next` fields. */
function linkPlaces(bytes: Buffer, offsets: readonly number[]): number[] {
  const heads = Array.from({ length: 131 }, (_, bucket) => 172 + 4 * bucket);
  return [...heads, ...offsets].filter((place) => bytes.readUInt32LE(place) !== 0);
}
