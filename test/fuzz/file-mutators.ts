import { type FileDraft, liveMagic, recordFields, recordHeadBytes } from './draft.ts';
import type { Random } from './random.ts';

/** Breaks the TDB structure of a file; what its records say stays. */
export type FileMutator = (random: Random, draft: FileDraft) => void;

const magics = [0xfee1dead, ~liveMagic >>> 0, 0xf53bc0e7, 0, 1, liveMagic ^ 1];

/** A record's place inside the file; the file's start where it has none. */
function somePlace(random: Random, draft: FileDraft): number {
  const inside = draft.places.filter((at) => at >= 0 && at + recordHeadBytes + 4 <= draft.bytes.length);
  return inside.length === 0 ? 0 : random.pick(inside);
}

/** A link that leads somewhere bad, or to another record. */
function badLink(random: Random, draft: FileDraft, former: number): number {
  return random.pick([
    () => draft.link(somePlace(random, draft)),
    () => draft.link(somePlace(random, draft)) + random.between(1, 3),
    () => draft.link(somePlace(random, draft)) + recordHeadBytes,
    () => draft.link(draft.bytes.length) + random.between(-28, 28),
    () => random.below(draft.header.dataStartBytes),
    () => random.below(draft.bytes.length),
    () => random.hostile(former),
  ])();
}

function change(draft: FileDraft, at: number, make: (former: number) => number): void {
  draft.setU32(at, make(draft.u32(at)));
}

export const fileMutators: Readonly<Record<string, FileMutator>> = {
  cut(random, draft) {
    draft.bytes = draft.bytes.subarray(0, random.below(draft.bytes.length));
  },

  magic(random, draft) {
    draft.bytes[random.below(40)]! ^= 1 << random.below(8);
  },

  /** Version, hash size, recovery start, sequence number, feature flags and the like. */
  header(random, draft) {
    change(draft, 4 * random.between(8, 20), (former) => random.hostile(former));
  },

  hashSize(random, draft) {
    const fitting = Math.floor((draft.bytes.length - draft.header.baseBytes - 172) / 4);
    const sizes = [0, 1, 2, 131, 10_007, fitting, fitting + 1, random.below(fitting), 1_000_003, 0x3fff_ffff];
    draft.setU32(36, random.pick(sizes));
  },

  mutexSize(random, draft) {
    draft.setU32(40, 0xbad1a52);
    draft.setU32(60, 1);
    change(draft, 64, (former) => random.pick([1, 2, 3, 4, former + random.between(-9, 9), random.hostile(former)]));
  },

  head(random, draft) {
    const at = draft.headAt(random.below(draft.header.hashSize));
    change(draft, at, (former) => badLink(random, draft, former));
  },

  next(random, draft) {
    change(draft, somePlace(random, draft), (former) => badLink(random, draft, former));
  },

  selfLink(random, draft) {
    const at = somePlace(random, draft);
    draft.setU32(at, draft.link(at));
  },

  /** A record leads back to its chain's head. */
  loop(random, draft) {
    const at = somePlace(random, draft);
    draft.setU32(at, draft.u32(draft.headAt(draft.bucketAt(at))));
  },

  /** Every record in one chain, each linked to the next, the last to the first or to nowhere. */
  crossing(random, draft) {
    const { places } = draft;
    const last = random.chance(0.5) ? draft.link(places[0] ?? 0) : 0;
    for (const [i, at] of places.entries()) draft.setU32(at, i + 1 < places.length ? draft.link(places[i + 1]!) : last);
  },

  length(random, draft) {
    const field = random.pick([recordFields.length, recordFields.keyLength, recordFields.dataLength]);
    change(draft, somePlace(random, draft) + field, (former) => random.hostile(former));
  },

  lengths(random, draft) {
    for (let left = random.between(2, 5); left > 0; left--) fileMutators.length!(random, draft);
  },

  hash(random, draft) {
    change(draft, somePlace(random, draft) + recordFields.hash, (former) => random.hostile(former));
  },

  recordMagic(random, draft) {
    draft.setU32(somePlace(random, draft) + recordFields.magic, random.pick([...magics, random.u32()]));
  },

  /** A record's header moved onto another's key, data or tail. */
  headerCopy(random, draft) {
    const from = somePlace(random, draft);
    const to = somePlace(random, draft) + random.between(-32, 64);
    if (to < draft.header.dataStartBytes) return;
    draft.bytes.copy(draft.bytes, to, from, from + recordHeadBytes);
    draft.places.push(to);
  },

  swapKeys(random, draft) {
    const [a, b] = [somePlace(random, draft), somePlace(random, draft)];
    const keyOf = (at: number) => Buffer.from(draft.bytes.subarray(at + recordHeadBytes, at + recordHeadBytes + 4));
    const [keyA, keyB] = [keyOf(a), keyOf(b)];
    keyB.copy(draft.bytes, a + recordHeadBytes);
    keyA.copy(draft.bytes, b + recordHeadBytes);
    if (random.chance(0.3)) return;
    const hashA = draft.u32(a + recordFields.hash);
    draft.setU32(a + recordFields.hash, draft.u32(b + recordFields.hash));
    draft.setU32(b + recordFields.hash, hashA);
  },

  /** The same record once more at the end of the file, in its chain or not. */
  double(random, draft) {
    const from = somePlace(random, draft);
    const wholeBytes = Math.min(recordHeadBytes + draft.u32(from + recordFields.length), draft.bytes.length - from);
    if (wholeBytes <= recordHeadBytes) return;
    const at = draft.bytes.length;
    draft.bytes = Buffer.concat([draft.bytes, draft.bytes.subarray(from, from + wholeBytes)]);
    draft.places.push(at);
    if (random.chance(0.5)) draft.setU32(draft.headAt(draft.bucketAt(at)), draft.link(at));
  },

  /** A record within another one's data, or in free space, which a bad link may lead to. */
  embed(random, draft) {
    const from = somePlace(random, draft);
    const headAndKey = draft.bytes.subarray(
      from,
      from + recordHeadBytes + 4 + draft.u32(from + recordFields.dataLength),
    );
    const at = random.below(draft.bytes.length - headAndKey.length);
    if (at < draft.header.baseBytes + draft.header.dataStartBytes) return;
    Buffer.from(headAndKey).copy(draft.bytes, at);
    draft.places.push(at);
    draft.setU32(draft.headAt(draft.bucketAt(at)), draft.link(at));
  },

  /** A chain of records that lie over one another, each reaching to the end of the file. */
  overlaps(random, draft) {
    const model = somePlace(random, draft);
    const key = Buffer.from(draft.bytes.subarray(model + recordHeadBytes, model + recordHeadBytes + 4));
    const [count, stepBytes] = [random.pick([2, 8, 64, 400]), 28];
    const first = draft.bytes.length;
    draft.bytes = Buffer.concat([draft.bytes, random.bytes(count * stepBytes + random.below(4096))]);
    for (let i = 0; i < count; i++) {
      const at = first + i * stepBytes;
      key.copy(draft.bytes, at + recordHeadBytes);
      const length = draft.bytes.length - at - recordHeadBytes;
      const next = i + 1 < count ? draft.link(at + stepBytes) : 0;
      draft.writeRecord(at, { next, length, keyLength: 4, dataLength: length - 4 });
      if (random.chance(0.1)) draft.setU32(at + recordFields.magic, 0xfee1dead);
    }
    const head = draft.headAt(draft.bucketAt(first));
    draft.setU32(head, draft.link(first));
    // What makes the reader look at the chains at all.
    if (random.chance(0.5)) draft.setU32(first + recordFields.magic, 1);
  },

  tail(random, draft) {
    const added = random.chance(0.5) ? Buffer.alloc(random.below(600)) : random.bytes(random.below(600));
    draft.bytes = Buffer.concat([draft.bytes, added]);
  },

  garbage(random, draft) {
    const at = random.below(draft.bytes.length);
    random.bytes(random.between(1, 64)).copy(draft.bytes, at);
  },

  zeros(random, draft) {
    const at = random.below(draft.bytes.length);
    draft.bytes.subarray(at, at + random.pick([4, 24, 168, 512, 4096])).fill(0);
  },

  bits(random, draft) {
    for (let left = random.between(1, 16); left > 0 && draft.bytes.length > 0; left--) {
      draft.bytes[random.below(draft.bytes.length)]! ^= 1 << random.below(8);
    }
  },

  insert(random, draft) {
    draft.splice(random.below(draft.bytes.length), 0, random.bytes(random.between(1, 64)));
  },

  remove(random, draft) {
    draft.splice(random.below(draft.bytes.length), random.between(1, 64), Buffer.alloc(0));
  },
};

/** Those that hit the structure with intent; the others hit anything. */
export const blindMutators = ['cut', 'tail', 'garbage', 'zeros', 'bits', 'insert', 'remove'] as const;
export const structureMutators = Object.keys(fileMutators).filter((name) => !blindMutators.some((one) => one === name));
