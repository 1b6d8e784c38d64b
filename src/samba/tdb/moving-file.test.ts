import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  idKey,
  MovingFile,
  type Read,
  Script,
  SlotTdb,
  type Step,
  torn,
  watchBuffers,
} from '../../../test/support/tdb/index.ts';
import { DecodeError, readU32be } from '../bytes/index.ts';
import { BufferPool, TdbFile } from './file.ts';
import { type RecordDecoder, TdbTable } from './index.ts';

/** Texts as values; one without a full stop at its end does not decode. */
class SentenceDecoder implements RecordDecoder<number, string> {
  isSettled = false;
  /** All bytes that were lent for decoding. */
  readonly lent = new Set<Buffer>();

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
    return new DecodeError('RECORD_LAYOUT_UNKNOWN', 'no sentence', 0);
  }
  decode(bytes: Buffer, dataAt: number, dataEnd: number) {
    this.lent.add(bytes);
    const text = bytes.toString('utf8', dataAt, dataEnd);
    if (!text.endsWith('.')) throw new DecodeError('RECORD_BAD_VALUE', `no full stop: ${text}`, 0);
    return text;
  }
}

let folder: string;
let path: string;
let script: Script;
let decoder: SentenceDecoder;
let table: TdbTable<number, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smbwho-moving-'));
  path = join(folder, 'some.tdb');
  decoder = new SentenceDecoder();
  table = new TdbTable(path, decoder, (file) => new MovingFile(file, script));
});

afterEach(() => {
  table[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const save = (bytes: Buffer) => writeFileSync(path, bytes);
const saving = (bytes: Buffer) => () => save(bytes);
const beforeRead = (read: Read, nth: Step['nth'], act: () => void): Step => ({ when: 'before', read, nth, act });
const afterRead = (read: Read, nth: Step['nth'], act: () => void): Step => ({ when: 'after', read, nth, act });
/** The file stands in one state until the first reading of all of it is over, then in another. */
const seeing = (seen: Buffer, then: Buffer) => {
  save(seen);
  return [afterRead('readWhole', 1, saving(then))];
};

/** A refresh, and what smbd does meanwhile. */
function refresh(...steps: readonly Step[]) {
  script = new Script(steps);
  const { records, problems, stats } = table.refresh();
  expect(script.left).toEqual([]);
  return { values: new Map([...records].map(([id, { value }]) => [id, value])), problems, stats };
}

const ids = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const sentences = (count: number) => new Map(ids(count).map((id) => [id, `text ${id}.`]));

/** Records 1, 2, … in slots of the same numbers; slot 0 stays free, and some after them. */
function filled(count: number, options: { hashSize?: number; slotBytes?: number; freeSlots?: number } = {}): SlotTdb {
  const { freeSlots = 4, ...others } = options;
  const tdb = new SlotTdb(count + 1 + freeSlots, others);
  for (const [id, text] of sentences(count)) tdb.insert(id, text, id);
  save(tdb.bytes);
  return tdb;
}

/** A file that the table knows, its records all in one chain: the last inserted is the first in it. */
function known(count: number, options: { hashSize?: number; slotBytes?: number } = {}): SlotTdb {
  const tdb = filled(count, { hashSize: 1, ...options });
  refresh();
  return tdb;
}

/** Rewrites a record in its place and returns the states that smbd's writing passes through. */
function rewritten(tdb: SlotTdb, id: number, text: string) {
  const old = tdb.bytes;
  tdb.rewrite(id, text);
  const whole = tdb.bytes;
  const textAt = tdb.placeOf(id) + 28;
  return {
    whole,
    /** The first bytes of the text are the new ones. */
    begun: (count: number) => torn(whole, old, textAt + count),
    /** The text is the new one, the header with its length the old one. */
    withOldLength: torn(old, whole, tdb.placeOf(id) + 24),
  };
}

describe('a record that smbd moves while the file is read', () => {
  /** smbd moves record 3 before the first of all; the reading meets neither the new place nor the old one. */
  const moveUnseen = (tdb: SlotTdb, id = 3) => {
    const old = tdb.bytes;
    tdb.move(id, 'moved.', 0);
    return torn(old, tdb.bytes, tdb.placeOfSlot(1));
  };

  test.each([5, 600])('missed by the first reading ever, of %d records: a second look finds it', (count) => {
    const tdb = filled(count);
    const unseen = moveUnseen(tdb);
    expect(refresh(...seeing(unseen, tdb.bytes)).values).toEqual(sentences(count).set(3, 'moved.'));
  });

  test('missed by the second look of the first refresh: its chain still has it', () => {
    const tdb = filled(5);
    const unseen = moveUnseen(tdb);
    const { values, stats } = refresh(
      afterRead('readWhole', 1, saving(unseen)),
      afterRead('readWhole', 2, saving(tdb.bytes)),
    );
    expect(values).toEqual(sentences(5).set(3, 'moved.'));
    expect(stats.confirmed).toBe(1);
  });

  test('known before and missed: its chain still has it', () => {
    const tdb = known(5);
    const unseen = moveUnseen(tdb);
    const { values, stats } = refresh(...seeing(unseen, tdb.bytes));
    expect(values).toEqual(sentences(5).set(3, 'moved.'));
    expect(stats.confirmed).toBe(1);
    expect(refresh().values).toEqual(values);
  });

  test('new, one of many new ones, and missed: a second reading finds it', () => {
    const tdb = filled(3, { freeSlots: 400 });
    refresh();
    for (const [id, text] of sentences(300)) if (id > 3) tdb.insert(id, text, id);
    const unseen = moveUnseen(tdb, 150);
    expect(refresh(...seeing(unseen, tdb.bytes)).values).toEqual(sentences(300).set(150, 'moved.'));
  });

  test('many rewritten, one of them caught half done in the second reading too: it is read until it is whole', () => {
    const tdb = filled(300, { hashSize: 1 });
    refresh();
    for (const id of ids(300)) tdb.rewrite(id, `next ${id}.`);
    const { whole, begun } = rewritten(tdb, 7, 'abcdef.');
    save(begun(2));
    const { values } = refresh(afterRead('readWhole', 1, saving(begun(4))), afterRead('readWhole', 2, saving(whole)));
    expect(values).toEqual(new Map(ids(300).map((id) => [id, id === 7 ? 'abcdef.' : `next ${id}.`])));
  });

  test.each(['newer', 'older'])('seen at both places, the %s one first: the one in its chain counts', (first) => {
    const tdb = known(5);
    const old = tdb.bytes;
    const slot = first === 'newer' ? 0 : 7;
    tdb.move(3, 'moved.', slot);
    const both =
      first === 'newer' ? torn(tdb.bytes, old, tdb.placeOfSlot(1)) : torn(old, tdb.bytes, tdb.placeOfSlot(4));
    const { values, problems } = refresh(...seeing(both, tdb.bytes));
    expect(values).toEqual(sentences(5).set(3, 'moved.'));
    expect(problems).toEqual([]);
  });

  test('moved to where the file grew behind the reading: it is there, and in the next refresh too', () => {
    const tdb = known(5);
    tdb.remove(3);
    const removed = tdb.bytes;
    tdb.grow(6);
    tdb.insert(3, 'moved.', 14);
    const { values, stats } = refresh(...seeing(removed, tdb.bytes));
    expect(values).toEqual(sentences(5).set(3, 'moved.'));
    expect(stats.confirmed).toBe(1);
    expect(refresh().values).toEqual(values);
  });
});

describe('a record that smbd removes', () => {
  test('before the reading: it is gone, and its chain was asked', () => {
    const tdb = known(5);
    tdb.remove(3);
    save(tdb.bytes);
    const { values, stats } = refresh();
    expect([...values.keys()]).toEqual([1, 2, 4, 5]);
    expect(stats.chainsReread).toBe(1);
  });

  test('new, and gone before its second reading: it is not listed', () => {
    const tdb = known(5);
    tdb.insert(6, 'short-lived.');
    const seen = tdb.bytes;
    tdb.remove(6);
    expect(refresh(...seeing(seen, tdb.bytes)).values).toEqual(sentences(5));
  });
});

describe('a record whose neighbour in the chain smbd removes', () => {
  test('between our reads: its link changed, the record did not, no chain is read', () => {
    const tdb = known(2);
    tdb.insert(3, 'text 3.');
    const linked = tdb.bytes;
    tdb.remove(2);
    const { values, stats } = refresh(...seeing(linked, tdb.bytes));
    expect(values).toEqual(sentences(3));
    expect(stats.chainsReread).toBe(0);
    expect(refresh()).toMatchObject({
      values: new Map([1, 3].map((id) => [id, `text ${id}.`])),
      stats: { decoded: 0 },
    });
  });
});

describe('a record that smbd rewrites in its place', () => {
  test('with as many bytes: the new value', () => {
    const tdb = known(5);
    tdb.rewrite(3, 'TEXT 3.');
    save(tdb.bytes);
    const { values, stats } = refresh();
    expect(values).toEqual(sentences(5).set(3, 'TEXT 3.'));
    expect(stats.decoded).toBe(1);
  });

  test.each([5, 600])('caught half done by the first reading ever, of %d records: the whole value', (count) => {
    const tdb = filled(count);
    const { whole, begun } = rewritten(tdb, 3, 'abcdef.');
    expect(refresh(...seeing(begun(3), whole)).values).toEqual(sentences(count).set(3, 'abcdef.'));
  });

  test('caught half done: the whole value', () => {
    const tdb = known(5);
    const { whole, begun } = rewritten(tdb, 3, 'abcdef.');
    expect(refresh(...seeing(begun(3), whole)).values).toEqual(sentences(5).set(3, 'abcdef.'));
  });

  test('caught half done again and again, between the two reads of its chain too: the whole value', () => {
    const tdb = known(5);
    const { whole, begun } = rewritten(tdb, 3, 'abcdef.');
    const place = tdb.placeOf(3);
    const { values } = refresh(
      ...seeing(begun(1), begun(2)),
      beforeRead(place, 1, saving(begun(3))),
      beforeRead(place, 2, saving(begun(4))),
      beforeRead(place, 3, saving(begun(5))),
      beforeRead(place, 4, saving(whole)),
    );
    expect(values).toEqual(sentences(5).set(3, 'abcdef.'));
  });

  test('too large for the first guess at its size, half done between the two reads of its chain: the whole value', () => {
    const tdb = known(5, { slotBytes: 8192 });
    const { whole, begun } = rewritten(tdb, 3, `${'x'.repeat(8000)}.`);
    // The second guess of a try is its third read of the place: each guess is too short, and read again.
    const { values } = refresh(...seeing(begun(7000), begun(7500)), beforeRead(tdb.placeOf(3), 3, saving(whole)));
    expect(values).toEqual(sentences(5).set(3, `${'x'.repeat(8000)}.`));
  });

  test('its data before their length: the whole value', () => {
    const tdb = known(5);
    const { whole, withOldLength } = rewritten(tdb, 3, 'a. longer text.');
    expect(refresh(...seeing(withOldLength, whole)).values).toEqual(sentences(5).set(3, 'a. longer text.'));
  });

  test('kept from the processor before it wrote the length: waited for, the whole value, no problem', () => {
    const tdb = known(5);
    const { whole, withOldLength } = rewritten(tdb, 3, 'a longer text.');
    save(withOldLength);
    const { values, problems } = refresh(beforeRead(tdb.headOf(3), 5, saving(whole)));
    expect(values).toEqual(sentences(5).set(3, 'a longer text.'));
    expect(problems).toEqual([]);
  });

  test('kept from the processor for 5 ms: waited for, the whole value, no problem', () => {
    const tdb = known(5);
    const { whole, withOldLength } = rewritten(tdb, 3, 'a longer text.');
    save(withOldLength);
    const wokenAt = performance.now() + 5;
    const wake = () => {
      if (performance.now() >= wokenAt) save(whole);
    };
    const { values, problems } = refresh(beforeRead(tdb.headOf(3), 'each', wake));
    expect(values).toEqual(sentences(5).set(3, 'a longer text.'));
    expect(problems).toEqual([]);
  });

  test('caught half done, and later to the very bytes that were caught: the later value', () => {
    const tdb = known(5);
    const { whole, begun } = rewritten(tdb, 3, 'abcdef.');
    expect(refresh(...seeing(begun(3), whole)).values.get(3)).toBe('abcdef.');
    save(begun(3));
    expect(refresh().values.get(3)).toBe('abct 3.');
  });

  test('caught half done: the whole value is not decoded again while it stands', () => {
    const tdb = known(5);
    const { whole, begun } = rewritten(tdb, 3, 'abcdef.');
    refresh(...seeing(begun(3), whole));
    tdb.rewrite(4, 'other.');
    save(tdb.bytes);
    expect(refresh().stats.decoded).toBe(1);
  });
});

describe('a chain that smbd changes while it is read', () => {
  /** Makes the table look into the chain: record 1, the last in it, is caught half rewritten. */
  const caught = (tdb: SlotTdb) => {
    const { whole, begun } = rewritten(tdb, 1, 'abcdef.');
    return seeing(begun(3), whole);
  };

  test('a record removed, and inserted anew behind us at its head: the chain is read again', () => {
    const tdb = known(2);
    tdb.remove(1);
    const removed = tdb.bytes;
    tdb.insert(1, 'moved.', 0);
    save(removed);
    const { values, stats } = refresh(afterRead(tdb.headOf(1), 1, saving(tdb.bytes)));
    expect(values).toEqual(sentences(2).set(1, 'moved.'));
    expect(stats.confirmed).toBe(1);
  });

  test('a record freed before we come to it: what is behind it is found all the same', () => {
    const tdb = known(3);
    const steps = caught(tdb);
    const place = tdb.placeOf(3);
    tdb.remove(2);
    const { values } = refresh(...steps, afterRead(place, 2, saving(tdb.bytes)));
    expect(values.get(1)).toBe('abcdef.');
  });

  test('a record freed, and its place taken by one of another chain: what is behind it is found all the same', () => {
    const probe = new SlotTdb(0, { hashSize: 2 });
    const [last, middle, first] = ids(20).filter((id) => probe.bucketOf(id) === 0) as [number, number, number];
    const stranger = ids(20).find((id) => probe.bucketOf(id) === 1)!;
    const tdb = new SlotTdb(4, { hashSize: 2 });
    for (const id of [last, middle, first]) tdb.insert(id, 'text.');
    save(tdb.bytes);
    refresh();
    const { whole, begun } = rewritten(tdb, last, 'abcdef.');
    const place = tdb.placeOf(first);
    tdb.remove(middle);
    tdb.insert(stranger, 'other.', 1);
    const { values } = refresh(...seeing(begun(3), whole), afterRead(place, 2, saving(tdb.bytes)));
    expect(values.get(last)).toBe('abcdef.');
  });

  test('a record marked dead, but still linked: it is gone, what is behind it is found', () => {
    const tdb = known(3);
    tdb.kill(2);
    const { values, problems } = refresh(...caught(tdb));
    expect(values).toEqual(
      new Map([
        [3, 'text 3.'],
        [1, 'abcdef.'],
      ]),
    );
    expect(problems).toEqual([]);
  });

  test('links in a loop for some tries: what is behind them is found, no problem', () => {
    const tdb = known(3);
    const steps = caught(tdb);
    const looped = tdb.bytes;
    looped.writeUInt32LE(looped.readUInt32LE(tdb.headOf(3)), tdb.placeOf(3));
    const head = tdb.headOf(3);
    const { values, problems } = refresh(
      ...steps,
      beforeRead(head, 1, saving(looped)),
      beforeRead(head, 4, saving(tdb.bytes)),
    );
    expect(values).toEqual(sentences(3).set(1, 'abcdef.'));
    expect(problems).toEqual([]);
  });
});

describe('a chain that is broken for good', () => {
  test('is a problem; a record of another chain, caught half done, is whole all the same', () => {
    const tdb = known(8, { hashSize: 2 });
    const [lost, caught] = [0, 1].map((bucket) => ids(8).find((id) => tdb.bucketOf(id) === bucket)!) as [
      number,
      number,
    ];
    tdb.remove(lost);
    const { whole, begun } = rewritten(tdb, caught, 'abcdef.');
    const [broken, begunAndBroken] = [whole, begun(3)];
    for (const bytes of [broken, begunAndBroken]) bytes.writeUInt32LE(7, tdb.headOf(lost));
    const { values, problems } = refresh(...seeing(begunAndBroken, broken));
    expect(values.get(caught)).toBe('abcdef.');
    expect(problems).toEqual([{ code: 'TDB_BAD_CHAIN', message: "hash chain 0 can't be read whole", key: null }]);
  });
});

describe('a record header that smbd has not finished', () => {
  /** Record 3 has a magic that is none: the walk comes no further. */
  const brokenAt3 = (tdb: SlotTdb) => {
    const bytes = tdb.bytes;
    bytes.writeUInt32LE(0xabababab, tdb.placeOf(3) + 20);
    return bytes;
  };

  test.each([1, 4])('in %d readings of the file, then whole: every record', (readings) => {
    const tdb = known(5);
    const broken = brokenAt3(tdb);
    save(broken);
    const { values, problems } = refresh(afterRead('readWhole', readings, saving(tdb.bytes)));
    expect(values).toEqual(sentences(5));
    expect(problems).toEqual([]);
  });
});

describe('a record that does not decode', () => {
  const noFullStop = (key: number) => ({ code: 'RECORD_BAD_VALUE', message: 'no full stop: bad (at byte 0)', key });

  test('known before: a problem, its former value stands, until it is rewritten', () => {
    const tdb = known(5);
    tdb.rewrite(3, 'bad');
    save(tdb.bytes);
    const first = refresh();
    expect(first.values).toEqual(sentences(5));
    expect(first.problems).toEqual([noFullStop(3)]);
    const unchanged = refresh();
    expect(unchanged).toMatchObject({ values: first.values, problems: first.problems });
    tdb.rewrite(4, 'good.');
    save(tdb.bytes);
    const neighbour = refresh();
    expect(neighbour.values).toEqual(sentences(5).set(4, 'good.'));
    expect(neighbour.problems).toEqual([noFullStop(3)]);
    expect(neighbour.stats.chainsReread).toBe(0);
    tdb.rewrite(3, 'better.');
    save(tdb.bytes);
    const last = refresh();
    expect(last.values).toEqual(sentences(5).set(3, 'better.').set(4, 'good.'));
    expect(last.problems).toEqual([]);
  });

  test('known before, moved beyond the end of the reading: a problem, its former value stands, until it is rewritten', () => {
    const tdb = known(5);
    tdb.remove(3);
    const removed = tdb.bytes;
    tdb.grow(6);
    tdb.insert(3, 'bad', 14);
    const first = refresh(...seeing(removed, tdb.bytes));
    expect(first.values).toEqual(sentences(5));
    expect(first.problems).toEqual([noFullStop(3)]);
    expect(refresh().problems).toEqual([noFullStop(3)]);
    tdb.rewrite(3, 'better.');
    save(tdb.bytes);
    expect(refresh()).toMatchObject({ values: sentences(5).set(3, 'better.'), problems: [] });
  });

  test('new: a problem, and no value', () => {
    const tdb = known(5);
    tdb.insert(6, 'bad');
    save(tdb.bytes);
    const { values, problems } = refresh();
    expect(values).toEqual(new Map<number, string | undefined>(sentences(5)).set(6, undefined));
    expect(problems).toEqual([noFullStop(6)]);
  });

  test('the only one there, in a file whose layout is known: a problem, no error', () => {
    const tdb = known(1);
    tdb.remove(1);
    tdb.insert(2, 'bad');
    save(tdb.bytes);
    const { values, problems } = refresh();
    expect(values).toEqual(new Map([[2, undefined]]));
    expect(problems).toEqual([noFullStop(2)]);
  });

  test.each([
    ['alone, in the first reading ever', false, [2]],
    ['like all others, in the first reading ever', false, [2, 3]],
    ['like all others, in a file whose layout is known', true, [2, 3]],
  ])('%s: an error, and its value once it is whole', (_, isKnown, bad) => {
    const tdb = isKnown ? known(1) : filled(1);
    tdb.remove(1);
    for (const id of bad) tdb.insert(id, 'bad');
    save(tdb.bytes);
    expect(() => refresh()).toThrow(expect.objectContaining({ code: 'RECORD_LAYOUT_UNKNOWN' }));
    for (const id of bad) tdb.rewrite(id, 'good.');
    save(tdb.bytes);
    expect(refresh().values).toEqual(new Map(bad.map((id) => [id, 'good.'])));
  });
});

describe('what was read, with the keys in it, is overwritten', () => {
  const secret = 'session key';

  test('after a refresh only the last reading and the one before are left, after forgetting nothing', () => {
    const tdb = known(3, { slotBytes: 8192 });
    tdb.rewrite(1, `${secret}.`);
    tdb.rewrite(3, `${secret}, ${'x'.repeat(8000)}.`);
    save(tdb.bytes);
    using buffers = watchBuffers(secret);
    // Forgets, so that the first look at the whole is taken too.
    table[Symbol.dispose]();
    refresh();
    const { whole, begun } = rewritten(tdb, 1, `${secret} 2.`);
    refresh(...seeing(begun(11), whole));
    // Two whole readings, the block that compares them, the second look at a record, two reads of a chain in two sizes.
    expect(buffers.count).toBe(8);
    expect(buffers.holding).toBe(2);
    table[Symbol.dispose]();
    expect(buffers.holding).toBe(0);
    expect([...decoder.lent].filter((bytes) => bytes.includes(secret))).toEqual([]);
  });

  test('after a reading that failed too', () => {
    const tdb = known(2);
    tdb.rewrite(1, `${secret}.`);
    using buffers = watchBuffers(secret);
    const noTdb = tdb.bytes;
    noTdb.fill('x', 0, 100);
    save(noTdb);
    expect(() => refresh()).toThrow(expect.objectContaining({ code: 'TDB_NOT_TDB' }));
    table[Symbol.dispose]();
    expect(buffers.count).toBe(2);
    expect(buffers.holding).toBe(0);
  });

  test('when a file outgrew its buffer', () => {
    const tdb = known(200);
    tdb.rewrite(1, `${secret}.`);
    save(tdb.bytes);
    const pool = new BufferPool();
    using file = new TdbFile(path);
    using buffers = watchBuffers(secret);
    pool.give(Buffer.allocUnsafeSlow(5000));
    const bytes = file.readWhole(pool);
    expect(bytes.equals(tdb.bytes)).toBe(true);
    expect(buffers.count).toBeGreaterThan(1);
    expect(buffers.holding).toBe(1);
    pool.give(bytes);
    pool.clear();
    expect(buffers.holding).toBe(0);
  });

  test.each([
    ['smaller', 10, 20],
    ['larger', 20, 10],
  ])('a buffer that is dropped for a %s one', (_, firstBytes, secondBytes) => {
    const pool = new BufferPool();
    const [first, second] = [Buffer.allocUnsafeSlow(firstBytes).fill(1), Buffer.allocUnsafeSlow(secondBytes).fill(1)];
    pool.give(first);
    pool.give(second);
    const [dropped, kept] = firstBytes < secondBytes ? [first, second] : [second, first];
    expect(dropped).toEqual(Buffer.alloc(10));
    expect(pool.take(1).buffer).toBe(kept.buffer);
  });
});

describe('TdbFile.holds', () => {
  const blockBytes = 256 * 1024;

  test.each([100, blockBytes, blockBytes + 1, 2 * blockBytes])('a file of %d bytes', (lengthBytes) => {
    const bytes = Buffer.alloc(lengthBytes, 7);
    save(bytes);
    using file = new TdbFile(path);
    expect(file.holds(bytes)).toBe(true);
    expect(file.holds(bytes.subarray(1))).toBe(false);
    expect(file.holds(Buffer.alloc(lengthBytes + 1, 7))).toBe(false);
    const changed = Buffer.from(bytes);
    changed[lengthBytes - 1] = 8;
    expect(file.holds(changed)).toBe(false);
  });
});

describe('what one refresh repaired, the next does not take for granted', () => {
  test('a record moved into the place of one that died meanwhile: the dead one is gone in the next refresh', () => {
    // One chain, 3 -> 2 -> 1. smbd lets 1 die, and 3, which grew, take over its place: no link changes.
    const tdb = known(3);
    const old = tdb.bytes;
    const [place1, place3] = [tdb.placeOf(1), tdb.placeOf(3)];
    const now = Buffer.from(old);
    now.writeUInt32LE(0xfee1dead, place3 + 20);
    const moved = Buffer.alloc(64);
    old.copy(moved, 0, place1, place1 + 64);
    const text = Buffer.from('moved.');
    moved.writeUInt32LE(text.length, 12);
    moved.writeUInt32LE(old.readUInt32LE(place3 + 16), 16);
    idKey(3).copy(moved, 24);
    text.copy(moved, 28);
    moved.copy(now, place1);
    expect(refresh(...seeing(torn(old, now, place1 + 64), now)).values.get(3)).toBe('moved.');
    expect([...refresh().values.keys()].sort()).toEqual([2, 3]);
  });

  test('a record dropped by its chain is there again when smbd wrote it anew, byte for byte', () => {
    const tdb = known(3);
    const without = tdb.bytes;
    tdb.insert(4, 'new.');
    const withIt = tdb.bytes;
    expect(refresh(...seeing(withIt, without)).values.has(4)).toBe(false);
    save(withIt);
    expect(refresh().values.get(4)).toBe('new.');
  });

  test('a known record that was missed stays while its chain can not be read, and in refreshes after that', () => {
    const tdb = known(3);
    const old = tdb.bytes;
    tdb.move(2, 'moved.', 0);
    const unseen = torn(old, tdb.bytes, tdb.placeOfSlot(1));
    const broken = tdb.bytes;
    broken.writeUInt32LE(7, tdb.placeOf(2));
    const first = refresh(...seeing(unseen, broken));
    expect(first.values.has(2)).toBe(true);
    expect(first.problems.map(({ code }) => code)).toEqual(['TDB_BAD_CHAIN']);
    const again = Buffer.from(unseen);
    again[again.length - 1] = 1;
    expect(refresh(...seeing(again, broken)).values.has(2)).toBe(true);
  });

  test.each([3, 300])('smbd restarted between the two looks at %d records: the next refresh begins anew', (count) => {
    const tdb = filled(count);
    const whole = tdb.bytes;
    const restarted = afterRead('readWhole', 1, saving(Buffer.alloc(0)));
    expect(() => refresh(restarted)).toThrow(expect.objectContaining({ code: 'TDB_TRUNCATED' }));
    save(whole);
    const { values, problems } = refresh();
    expect(values).toEqual(sentences(count));
    expect(problems).toEqual([]);
  });

  test('smbd restarted between the two looks: the next refresh looks twice, as a first one does', () => {
    const tdb = filled(3);
    expect(() => refresh(afterRead('readWhole', 1, saving(Buffer.alloc(0))))).toThrow();
    tdb.insert(9, 'new.', 5);
    const old = tdb.bytes;
    tdb.move(9, 'moved.', 0);
    expect(refresh(...seeing(torn(old, tdb.bytes, tdb.placeOfSlot(1)), tdb.bytes)).values.get(9)).toBe('moved.');
  });
});
