import { idKey } from '../support/tdb/index.ts';
import type { Specimen } from './corpus.ts';
import type { Random } from './random.ts';

/** A record in the making. */
export interface RecordDraft {
  key: Buffer;
  data: Buffer;
  /** Where numbers stand in the data, as far as it is still what it was. */
  readonly numbers: readonly number[];
  isTouched: boolean;
}

/** Changes one record; the others, and those of other files, are there to take from. */
export type RecordMutator = (
  random: Random,
  record: RecordDraft,
  others: readonly RecordDraft[],
  strangers: readonly Specimen[],
) => void;

export function draftRecord({ key, data, numbers }: Specimen): RecordDraft {
  return { key, data: Buffer.from(data), numbers, isTouched: false };
}

/** Bytes of 0 to `most` that are to go, come or be repeated, mostly in the steps of NDR. */
function stretch(random: Random, most: number): number {
  return Math.min(most, random.pick([1, 2, 3, 4, 4, 8, 8, 16, 24, 32, random.below(256)]));
}

function splice(data: Buffer, at: number, taken: number, added: Buffer): Buffer {
  return Buffer.concat([data.subarray(0, at), added, data.subarray(at + taken)]);
}

function someNumber(random: Random, { data, numbers }: RecordDraft): number | undefined {
  const at = random.chance(0.8) && numbers.length > 0 ? random.pick(numbers) : random.below(data.length - 3) & ~3;
  return at + 4 <= data.length ? at : undefined;
}

/** What a record in a valid envelope can have wrong. */
export const recordMutators: Readonly<Record<string, RecordMutator>> = {
  bits(random, { data }) {
    for (let left = random.between(1, 8); left > 0 && data.length > 0; left--) {
      const at = random.below(data.length);
      data[at] = data[at]! ^ (1 << random.below(8));
    }
  },

  byte(random, { data }) {
    if (data.length > 0) data[random.below(data.length)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
  },

  number(random, record) {
    const at = someNumber(random, record);
    if (at !== undefined) record.data.writeUInt32LE(random.hostile(record.data.readUInt32LE(at)), at);
  },

  numbers(random, record) {
    for (let left = random.between(2, 6); left > 0; left--) recordMutators.number!(random, record, [], []);
  },

  cut(random, record) {
    record.data = record.data.subarray(0, random.below(record.data.length));
  },

  longer(random, record) {
    record.data = Buffer.concat([record.data, random.bytes(stretch(random, 256))]);
  },

  insert(random, record) {
    record.data = splice(record.data, random.below(record.data.length + 1), 0, random.bytes(stretch(random, 256)));
  },

  remove(random, record) {
    const at = random.below(record.data.length);
    record.data = splice(record.data, at, stretch(random, record.data.length - at), Buffer.alloc(0));
  },

  repeat(random, record) {
    const at = random.below(record.data.length);
    const piece = record.data.subarray(at, at + random.between(1, 200));
    const times = random.pick([1, 2, 3, 8, 64]);
    record.data = splice(record.data, at, 0, Buffer.concat(Array(times).fill(piece)));
  },

  zero(random, { data }) {
    const at = random.below(data.length);
    data.fill(random.pick([0, 0xff]), at, at + stretch(random, data.length - at));
  },

  /** The head of this record with the tail of another one, of this release or any. */
  graft(random, record, others, strangers) {
    const other = random.chance(0.5) && others.length > 0 ? random.pick(others) : random.pick(strangers);
    const at = random.below(record.data.length);
    const from = random.chance(0.6) ? at : random.below(other.data.length);
    record.data = Buffer.concat([record.data.subarray(0, at), other.data.subarray(from)]);
  },

  /** Another record of any release under this key. */
  foreign(random, record, _, strangers) {
    record.data = Buffer.from(random.pick(strangers).data);
  },

  /** The same, made to say this key where it said its own. */
  forged(random, record, _, strangers) {
    const stranger = random.pick(strangers);
    record.data = Buffer.from(stranger.data);
    if (record.key.length !== stranger.key.length) return;
    // An id stands the other way round in its record; that of a file does not.
    const isTurned = record.key.length === 4;
    const [from, to] = [stranger.key, record.key].map((key) => (isTurned ? Buffer.from(key).reverse() : key));
    for (let at = record.data.indexOf(from!); at >= 0; at = record.data.indexOf(from!, at + 4))
      to!.copy(record.data, at);
  },

  exchange(random, record, others) {
    if (others.length === 0) return;
    const other = random.pick(others);
    [record.data, other.data] = [other.data, record.data];
    other.isTouched = true;
  },

  key(random, record, others) {
    record.key = random.pick([
      () => (others.length === 0 ? record.key : random.pick(others).key),
      () => idKey(random.u32()),
      () => random.bytes(record.key.length),
      () => random.bytes(random.pick([0, 1, 3, 5, 16, 32])),
      () => Buffer.from(record.key).reverse(),
    ])();
  },

  empty(_, record) {
    record.data = Buffer.alloc(0);
  },
};
