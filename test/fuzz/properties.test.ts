import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cursor, DecodeError } from '../../src/samba/bytes/index.ts';
import { NdrCursor } from '../../src/samba/ndr/index.ts';
import { layouts } from '../../src/samba/records/index.ts';
import { parseHeader } from '../../src/samba/tdb/header.ts';
import { type RecordDecoder, TdbTable } from '../../src/samba/tdb/index.ts';
import { NdrPacker } from '../support/records/packer.ts';
import { tdbImage } from '../support/tdb/index.ts';
import { fileKinds, kinds, sessionKinds } from './kinds.ts';
import { MemoryFile } from './memory-file.ts';
import { withoutWaits } from './without-waits.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
/** What counts and lengths are in a broken file. */
const lengths = fc.oneof(fc.nat(40), fc.constantFrom(0xffff, 0x7fff_ffff, 0xffff_ffff));

/** The result, or the error where it is a documented one. Any other is thrown on. */
function attempt<T>(action: () => T): T | DecodeError {
  try {
    return action();
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

describe('Cursor', () => {
  const reads = fc.oneof(
    fc.constantFrom('u8', 'u16', 'u32', 'u64', 'u64Number', 'nttimeMicros').map((name) => ({ name, length: null })),
    fc.tuple(fc.constantFrom('hex', 'utf8', 'skip'), lengths).map(([name, length]) => ({ name, length })),
  );

  test('never leaves its window, and stays where it is when it fails', () => {
    fc.assert(
      fc.property(bytes(60), fc.nat(60), fc.nat(60), fc.array(reads), (whole, start, length, steps) => {
        const from = Math.min(start, whole.length);
        const window = Buffer.from(whole.subarray(from, from + length));
        const [cursor, alone] = [new Cursor(whole, from, from + window.length), new Cursor(window)];
        for (const { name, length: lengthBytes } of steps) {
          const read = (one: Cursor) =>
            attempt(() => (one[name as 'hex'] as (lengthBytes: number | null) => unknown).call(one, lengthBytes));
          const before = cursor.offsetBytes;
          const result = read(cursor);
          // What stands around the window makes no difference.
          expect(read(alone)).toEqual(result);
          expect(cursor.offsetBytes).toBe(alone.offsetBytes);
          expect(cursor.remainingBytes).toBeGreaterThanOrEqual(0);
          if (!(result instanceof DecodeError)) continue;
          expect(result).toMatchObject({ code: 'BYTES_TRUNCATED', offsetBytes: before });
          expect(cursor.offsetBytes).toBe(before);
        }
      }),
    );
  });
});

describe('NdrCursor', () => {
  const sids = fc
    .tuple(fc.nat(0xffff_ffff), fc.array(fc.nat(0xffff_ffff), { maxLength: 15 }))
    .map(([authority, parts]) => ['S-1', authority, ...parts].join('-'));
  const texts = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.toWellFormed());

  test('reads what was packed, wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(sids, texts)), fc.nat(7), (values, offset) => {
        const packer = new NdrPacker().raw(Buffer.alloc(offset));
        for (const value of values)
          if (/^S-1-\d/.test(value)) packer.sid(value);
          else packer.string(value);
        const cursor = new NdrCursor(packer.toBuffer());
        cursor.skip(offset);
        for (const value of values) expect(/^S-1-\d/.test(value) ? cursor.sid() : cursor.string()).toBe(value);
        expect(cursor.remainingBytes).toBe(0);
      }),
    );
  });

  test('makes of any bytes a value or a documented error', () => {
    const readers = ['string', 'skipString', 'sid', 'skipSid', 'skipBlob', 'uniquePointer', 'ignoredPointer'] as const;
    fc.assert(
      fc.property(bytes(80), fc.array(fc.constantFrom(...readers)), (any, names) => {
        const cursor = new NdrCursor(any);
        for (const name of names) attempt(() => cursor[name]());
        expect(cursor.remainingBytes).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test.each(sessionKinds)('no layout of a %s record reads past any bytes', (kind) => {
    fc.assert(
      fc.property(bytes(400), fc.constantFrom(...layouts), (any, layout) => {
        // Behind a head as it must be, or nothing would be read of the rest.
        const { version } = layout;
        const head = new NdrPacker()
          .u32(version)
          .u32(7)
          .u32(version)
          .u32(version === 0 ? 0x00020000 : 0xaef1aef1);
        const cursor = new NdrCursor(head.raw(any).toBuffer());
        attempt(() => kinds[kind].decode(cursor, layout, 0));
        expect(cursor.remainingBytes).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

test.each(fileKinds)('no layout of %s of open files reads past any bytes', (kind) => {
  fc.assert(
    fc.property(bytes(400), fc.constantFrom(...kinds[kind].layouts), (any, layout) => {
      const cursor = new NdrCursor(any);
      attempt(() => kinds[kind].decode(cursor, layout, '00'.repeat(24)));
      expect(cursor.remainingBytes).toBeGreaterThanOrEqual(0);
    }),
  );
});

/** Records of any key, as they stand. */
const plain: RecordDecoder<string, string> = {
  isSettled: true,
  choose: () => false,
  unknownLayout: () => new DecodeError('RECORD_LAYOUT_UNKNOWN', 'none', 0),
  keyOf: (file, at, length) => file.toString('hex', at, at + length),
  keyBytes: (key) => Buffer.from(key, 'hex'),
  decode: (file, dataAt, dataEnd) => file.toString('hex', dataAt, dataEnd),
};

function readTable(file: Buffer) {
  using table = new TdbTable('', plain, () => new MemoryFile([{ bytes: file }]));
  return new Map([...table.refresh().records].map(([key, { value }]) => [key, value]));
}

describe('TdbTable', () => {
  const options = fc.record({
    hashSize: fc.integer({ min: 1, max: 200 }),
    mutexBytes: fc.constantFrom(0, 1024, 4096),
    slackBytes: fc.nat(50),
  });
  const records = fc.uniqueArray(fc.tuple(bytes(40), bytes(80)), { selector: ([key]) => key.toString('hex') });

  test('reads all records of a file, of whatever shape', () => {
    fc.assert(
      fc.property(records, options, (some, shape) => {
        const expected = new Map(some.map(([key, data]) => [key.toString('hex'), data.toString('hex')]));
        expect(readTable(tdbImage(some, shape).bytes)).toEqual(expected);
      }),
    );
  });

  test('makes of any bytes behind a good header a table or a documented error', () => {
    using _ = withoutWaits();
    const words = fc.array(fc.oneof(fc.nat(1200), fc.constantFrom(0x26011999, 0xfee1dead, 0xd9fee666, 0xffff_ffff)));
    fc.assert(
      fc.property(words, bytes(200), fc.integer({ min: 1, max: 9 }), (some, tail, hashSize) => {
        const { bytes: header } = tdbImage([], { hashSize });
        const body = Buffer.alloc(4 * some.length);
        for (const [i, word] of some.entries()) body.writeUInt32LE(word, 4 * i);
        attempt(() => readTable(Buffer.concat([header.subarray(0, 168), body, tail])));
      }),
    );
  });

  test('takes no header that its file has no room for', () => {
    fc.assert(
      fc.property(bytes(400), lengths, lengths, (tail, hashSize, mutexBytes) => {
        const { bytes: file } = tdbImage([], { hashSize: 1, mutexBytes: 256 });
        file.writeUInt32LE(hashSize, 36);
        file.writeUInt32LE(mutexBytes, 64);
        const whole = Buffer.concat([file.subarray(0, 168), tail]);
        const header = attempt(() => parseHeader(whole));
        if (header instanceof DecodeError) return;
        expect(header.baseBytes + header.dataStartBytes).toBeLessThanOrEqual(whole.length);
      }),
    );
  });
});
