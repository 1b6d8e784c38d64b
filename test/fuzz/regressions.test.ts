import { describe, expect, test } from 'vitest';
import { DecodeError } from '../../src/samba/bytes/index.ts';
import {
  ByteRangeLockDecoder,
  decodeTconGlobal,
  type Layout,
  LayoutDecoder,
  layouts,
} from '../../src/samba/records/index.ts';
import { TdbTable } from '../../src/samba/tdb/index.ts';
import { jenkinsHash } from '../../src/samba/tdb/jenkins-hash.ts';
import { fileKey, nobody, packLocks, packTcon } from '../support/records/index.ts';
import { idKey, tdbImage } from '../support/tdb/index.ts';
import { meterBuffers } from './buffer-meter.ts';
import { type FileState, MemoryFile } from './memory-file.ts';
import { withoutWaits } from './without-waits.ts';

// What `npm run fuzz` has found, each case made small.

const [newest, older] = [layouts[0]!, layouts.at(-1)!];
const hashSize = 131;

/** A table of tree connects, on whatever file is put under it. */
class Tcons extends TdbTable<number, unknown> {
  private readonly holder: { file?: MemoryFile };

  constructor() {
    const holder: { file?: MemoryFile } = {};
    super('', new LayoutDecoder<unknown>(decodeTconGlobal), () => holder.file!);
    this.holder = holder;
  }

  read(...states: (Buffer | FileState)[]) {
    this.holder.file = new MemoryFile(states.map((state) => (Buffer.isBuffer(state) ? { bytes: state } : state)));
    return { ...this.refresh(), reads: this.holder.file.reads };
  }
}

function tcon(id: number, layout: Layout = newest, key = id): readonly [Buffer, Buffer] {
  return [idKey(key), packTcon(layout, { id, sessionId: 1, shareName: `share ${id}` })];
}

const headAt = (id: number) => 172 + 4 * (jenkinsHash(idKey(id), 0, 4) % hashSize);

test('a record that is known, but gone out of reach, is not looked for in the bytes of now', () => {
  using _ = withoutWaits();
  using table = new Tcons();
  table.read(tdbImage([tcon(1), tcon(2), tcon(3)], { hashSize, slackBytes: 4000 }).bytes);
  // Smaller: record 1 is another layout's, and the chain of record 3 leads past the end.
  const { bytes } = tdbImage([tcon(1, older), tcon(2)], { hashSize });
  bytes.writeUInt32LE(bytes.length + 4, headAt(3));
  const { records, problems } = table.read(bytes);
  expect([...records.keys()].sort()).toEqual([1, 2, 3]);
  expect(problems.map(({ code }) => code)).toEqual(['TDB_BAD_CHAIN', 'RECORD_BAD_VERSION']);
});

test('a few records of another layout do not outvote the many', () => {
  using _ = withoutWaits();
  using table = new Tcons();
  const many = [1, 2, 3].map((id) => tcon(id));
  const few = [4, 5].map((id) => tcon(id, older));
  const { records, problems } = table.read(tdbImage([...many, ...few]).bytes);
  const shown = [...records.values()].filter(({ value }) => value !== undefined).map(({ key }) => key);
  expect(shown.sort()).toEqual([1, 2, 3]);
  expect(problems.map(({ key }) => key).sort()).toEqual([4, 5]);
});

test('records that lie over one another are no chain, and cost no more than the file', () => {
  using _ = withoutWaits();
  using meter = meterBuffers();
  using table = new Tcons();
  const image = tdbImage([tcon(1), tcon(2, newest, 3)], { hashSize });
  const [first, count] = [image.bytes.length, 400];
  const bytes = Buffer.concat([image.bytes, Buffer.alloc(28 * count + 8000)]);
  for (let i = 0; i < count; i++) {
    const at = first + 28 * i;
    const length = bytes.length - at - 24;
    const next = i === count - 1 ? 0 : at + 28;
    const fields = [next, length, 4, length - 4, jenkinsHash(idKey(3), 0, 4), 0x26011999];
    fields.forEach((field, j) => void bytes.writeUInt32LE(field, at + 4 * j));
    idKey(3).copy(bytes, at + 24);
  }
  bytes.writeUInt32LE(first, headAt(3));
  meter.take();
  const { problems, reads } = table.read(bytes);
  expect(problems.map(({ code }) => code)).toContain('TDB_BAD_CHAIN');
  expect(meter.take()).toBeLessThan(2 ** 20);
  expect(reads).toBeLessThan(1000);
});

test('a length that the file does not have takes no memory', () => {
  using _ = withoutWaits();
  using meter = meterBuffers();
  using table = new Tcons();
  const { bytes, offsets } = tdbImage([tcon(1), tcon(2)], { hashSize });
  bytes.writeUInt32LE(15 * 2 ** 20, offsets[1]! + 4);
  meter.take();
  const { problems } = table.read(bytes);
  expect(problems.map(({ code }) => code)).toContain('TDB_BAD_CHAIN');
  expect(meter.take()).toBeLessThan(2 ** 20);
});

test.each([
  ['stays as it was', [tcon(1)], { shareName: 'share 1' }],
  ['that was not known before is not shown', [tcon(2)], undefined],
])('a record that was seen torn, and whose chain can not be read, %s', (_, before, expected) => {
  using _waits = withoutWaits();
  using table = new Tcons();
  table.read(tdbImage(before, { hashSize }).bytes);
  const other = packTcon(newest, { id: 1, sessionId: 1, shareName: 'elsewhere' });
  const torn = tdbImage([[idKey(1), other], tcon(2)], { hashSize }).bytes;
  const { bytes, offsets } = tdbImage([[idKey(1), other.fill(0, 40)], tcon(2)], { hashSize });
  bytes.writeUInt32LE(offsets[0]!, offsets[0]!); // leads to itself
  // One look whether the file is what it was, one at all of it; from then on it is another.
  const { records, problems } = table.read({ bytes: torn, reads: 2 }, bytes);
  expect(problems.map(({ code }) => code)).toContain('TDB_BAD_CHAIN');
  expect(records.get(1)?.value).toEqual(expected && expect.objectContaining(expected));
});

describe('before the layout is known, a record is not made of what came to lie in its place', () => {
  const holder = { serverId: { pid: 4711, taskId: 0, vnn: 1, uniqueId: 99n }, context: 3, volatileId: 4, count: 1 };
  const other = { ...holder, serverId: nobody };
  type Locks = Parameters<typeof packLocks>[1];
  /** By file. */
  const image = (files: Readonly<Record<number, Locks>>) => {
    const records = Object.entries(files).map(([inode, locks]) => {
      const key = fileKey({ device: 1n, inode: BigInt(inode), extension: 0n });
      return [key, packLocks(false, locks)] as const;
    });
    return tdbImage(records, { hashSize: 1 }).bytes;
  };
  const empty = image({});
  /** Its last record ends too early. */
  const cut = (bytes: Buffer) => bytes.subarray(0, -500);
  const [five, six] = [[{ ...holder, count: 5 }], [holder, { ...other, count: 5 }]];
  const [two, three, one] = [[{ ...other, count: 2 }], [{ ...holder, count: 3 }], [{ ...other, context: 9 }]];

  test.each<[string, Locks[], Buffer[]]>([
    ['at its beginning', [five, six], [empty, image({ 1: five }), image({ 2: six }), image({ 1: five })]],
    [
      'around it',
      [two, three, one, five],
      [
        cut(image({ 3: two, 4: three, 9: five })),
        cut(image({ 9: [{ ...holder, count: 30 }] })),
        image({ 4: three, 5: one }),
        image({ 3: two, 4: three, 5: one }),
      ],
    ],
  ])('%s', (_, said, files) => {
    using _waits = withoutWaits();
    for (let first = 1; first <= 6; first++) {
      for (let reads = 1; reads <= 24; reads++) {
        for (let otherReads = 1; otherReads <= 12; otherReads++) {
          const counts = [first, reads, otherReads];
          const states = files.map((bytes, i) => ({ bytes, reads: counts[i] ?? 1 }));
          using table = new TdbTable('', new ByteRangeLockDecoder(), () => new MemoryFile(states));
          try {
            for (const { value } of table.refresh().records.values()) {
              if (value !== undefined) expect(said).toContainEqual(value);
            }
          } catch (error) {
            if (!(error instanceof DecodeError)) throw error;
          }
        }
      }
    }
  });
});
