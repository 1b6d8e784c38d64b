import { tdbImage } from '../support/tdb/index.ts';
import { type SeedFile, type Specimen, seedFile } from './corpus.ts';
import { type Claims, claimsOf, FileDraft } from './draft.ts';
import { blindMutators, fileMutators, structureMutators } from './file-mutators.ts';
import { type Id, idOf } from './kinds.ts';
import type { FileState } from './memory-file.ts';
import type { Random } from './random.ts';
import { draftRecord, type RecordDraft, recordMutators } from './record-mutators.ts';

/** What one hostile input is. */
export interface Input {
  readonly family: Family;
  /** The mutators that made it. */
  readonly applied: readonly string[];
  /** What the file is, one read after the other. */
  readonly states: readonly FileState[];
  /** All that the file says under each id, in any state that stands still. */
  readonly claims: Claims;
  /** Records that the reader must show, and ids that it must not pass over in silence. */
  readonly promise: { readonly shown: readonly Specimen[]; readonly named: readonly Id[] } | null;
  /** What it must say, to the letter, once the file holds still in its last state. */
  readonly settled: readonly Specimen[] | null;
}

export const families = ['structure', 'record', 'both', 'blind', 'moving'] as const;
export type Family = (typeof families)[number];

/** What inputs are made from. */
export interface Material {
  readonly seed: SeedFile;
  /** Good records of any file of this kind. */
  readonly strangers: readonly Specimen[];
}

export function makeInput(random: Random, material: Material, family: Family): Input {
  switch (family) {
    case 'structure':
      return fileInput(random, material, family, structureMutators, random.pick([1, 1, 1, 2, 3]));
    case 'blind':
      return fileInput(random, material, family, blindMutators, random.pick([1, 1, 2]));
    case 'record':
      return recordInput(random, material);
    case 'both':
      return bothInput(random, material);
    case 'moving':
      return movingInput(random, material);
  }
}

function still(family: Family, draft: FileDraft, applied: readonly string[], promise: Input['promise'] = null): Input {
  const claims = claimsOf(draft.seed.kind, draft.bytes, draft.places);
  return { family, applied, states: [{ bytes: draft.bytes }], claims, promise, settled: null };
}

/** A file that has lost its header is as broken as it gets. */
const leastBytes = 200;

function breakFile(random: Random, draft: FileDraft, names: readonly string[], times: number): void {
  for (let left = times; left > 0 && draft.bytes.length > leastBytes; left--) {
    const name = random.pick(names);
    fileMutators[name]!(random, draft);
    draft.applied.push(name);
  }
}

function fileInput(random: Random, { seed }: Material, family: Family, names: readonly string[], times: number): Input {
  const draft = new FileDraft(seed);
  breakFile(random, draft, names, times);
  return still(family, draft, draft.applied);
}

/** Records changed, in a file that is as it must be. */
function changedRecords(random: Random, { seed, strangers }: Material): { drafts: RecordDraft[]; applied: string[] } {
  const drafts = random.some(seed.records, 6).map(draftRecord);
  const applied: string[] = [];
  for (let left = random.pick([1, 1, 1, 2, 3, 6]); left > 0 && drafts.length > 0; left--) {
    const record = random.pick(drafts);
    const name = random.pick(Object.keys(recordMutators));
    const others = drafts.filter((other) => other !== record);
    recordMutators[name]!(random, record, others, strangers);
    record.isTouched = true;
    applied.push(name);
  }
  return { drafts, applied };
}

const envelopes = [
  { hashSize: 1 },
  { hashSize: 3, mutexBytes: 256 },
  { hashSize: 7, slackBytes: 64 },
  { hashSize: 131, mutexBytes: 1024 },
];

function recordInput(random: Random, material: Material): Input {
  const { drafts, applied } = changedRecords(random, material);
  const image = tdbImage(
    drafts.map(({ key, data }) => [key, data]),
    random.pick(envelopes),
  );
  const ids = drafts.map(({ key }) => idOf(material.seed.kind, key)).filter((id) => id !== undefined);
  const isOnce = ({ key }: { readonly key: Buffer }) => drafts.filter((one) => one.key.equals(key)).length === 1;
  const untouched = drafts.filter(({ isTouched }) => !isTouched).filter(isOnce);
  const shown = material.seed.records.filter(({ key }) => untouched.some((one) => one.key.equals(key)));
  return {
    family: 'record',
    applied,
    states: [{ bytes: image.bytes }],
    claims: claimsOf(material.seed.kind, image.bytes, image.offsets),
    promise: { shown: tellsLayout(material.seed, shown, drafts) ? shown : [], named: ids },
    settled: null,
  };
}

/** Whether the whole records are more than the broken ones, which may pass for those of another layout. */
function tellsLayout({ records }: SeedFile, whole: readonly Specimen[], drafts: readonly RecordDraft[]): boolean {
  const least = Math.min(...records.map(({ fits }) => fits));
  return whole.filter(({ fits }) => fits === least).length > drafts.length - whole.length;
}

function bothInput(random: Random, material: Material): Input {
  const { drafts, applied } = changedRecords(random, material);
  const { bytes, offsets } = tdbImage(
    drafts.map(({ key, data }) => [key, data]),
    random.pick(envelopes),
  );
  const draft = new FileDraft({ ...material.seed, bytes, places: offsets });
  breakFile(random, draft, Object.keys(fileMutators), random.pick([1, 1, 2]));
  return still('both', draft, [...applied, ...draft.applied]);
}

/** A file that becomes another one while it is read: good ones, broken ones, and once a torn look at two of them. */
function movingInput(random: Random, material: Material): Input {
  const { records } = material.seed;
  const applied: string[] = [];
  const claims: Claims = new Map();
  const states: FileState[] = [];
  const envelope = random.pick(envelopes);
  const imageOf = (some: readonly Specimen[]) =>
    tdbImage(
      some.map(({ key, data }) => [key, data]),
      random.chance(0.8) ? envelope : random.pick(envelopes),
    );
  const stand = (bytes: Buffer, offsets: readonly number[]) => {
    claimsOf(material.seed.kind, bytes, offsets, claims);
    states.push({ bytes, reads: random.between(1, 8) });
  };
  for (let left = random.between(1, 4); left > 0; left--) {
    const { bytes, offsets } = imageOf(random.some(records, random.between(0, records.length)));
    const draft = new FileDraft({ ...material.seed, bytes, places: offsets });
    if (random.chance(0.4)) breakFile(random, draft, Object.keys(fileMutators), 1);
    stand(draft.bytes, draft.places);
    applied.push('becomes', ...draft.applied);
  }
  const settled = random.some(records, random.between(1, 8));
  const last = imageOf(settled);
  stand(last.bytes, last.offsets);
  if (random.chance(0.5)) {
    const at = random.below(states.length - 1);
    states.splice(at + 1, 0, { bytes: torn(random, states[at]!.bytes, states[at + 1]!.bytes), reads: 1 });
    applied.push('torn');
  }
  return { family: 'moving', applied, states, claims, promise: null, settled };
}

/** What a single read sees that meets the change on its way. */
function torn(random: Random, first: Buffer, second: Buffer): Buffer {
  const at = random.below(Math.min(first.length, second.length));
  return Buffer.concat([first.subarray(0, at), second.subarray(at)]);
}

/** A good file of up to eight records of another, so that most inputs are small. */
export function thinned(random: Random, seed: SeedFile): SeedFile {
  const some = random.some(seed.records, random.between(1, 8));
  const { bytes } = tdbImage(
    some.map(({ key, data }) => [key, data]),
    random.pick(envelopes),
  );
  return seedFile(seed.name, seed.kind, bytes);
}
