import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { type BufferPool, TdbFile } from '../../../src/samba/tdb/file.ts';
import { jenkinsHash } from '../../../src/samba/tdb/jenkins-hash.ts';
import { idKey, tdbImage } from './tdb-image.ts';

/** A read of ours: by the method of `TdbFile`, or a `readAt` by its place in the file. */
export type Read = 'readWhole' | 'holds' | 'holdsPart' | number;

/** What smbd does before or after the n-th read of a kind in one refresh, counted from 1, or each of them. */
export interface Step {
  readonly when: 'before' | 'after';
  readonly read: Read;
  readonly nth: number | 'each';
  readonly act: () => void;
}

/** What smbd does during one refresh. */
export class Script {
  private readonly steps: readonly Step[];
  private readonly taken = new Set<Step>();
  private readonly counts = new Map<Read, number>();

  constructor(steps: readonly Step[]) {
    this.steps = steps;
  }

  /** Steps that no read has met: the refresh did not go as its test thinks. */
  get left(): readonly Step[] {
    return this.steps.filter((step) => !this.taken.has(step));
  }

  /** Reads, with what smbd does before and after it. */
  around<T>(read: Read, action: () => T): T {
    const nth = (this.counts.get(read) ?? 0) + 1;
    this.counts.set(read, nth);
    this.play('before', read, nth);
    const result = action();
    this.play('after', read, nth);
    return result;
  }

  private play(when: Step['when'], read: Read, nth: number): void {
    for (const step of this.steps) {
      if (step.when !== when || step.read !== read || (step.nth !== 'each' && step.nth !== nth)) continue;
      this.taken.add(step);
      step.act();
    }
  }
}

/** A file that changes between our reads, as its script says. */
export class MovingFile extends TdbFile {
  private readonly script: Script;

  constructor(path: string, script: Script) {
    super(path);
    this.script = script;
  }

  override readWhole(pool: BufferPool): Buffer {
    return this.script.around('readWhole', () => super.readWhole(pool));
  }

  override holds(bytes: Buffer): boolean {
    return this.script.around('holds', () => super.holds(bytes));
  }

  override holdsPart(bytes: Buffer, at: number, end: number): boolean {
    return this.script.around('holdsPart', () => super.holdsPart(bytes, at, end));
  }

  override readAt(target: Buffer, lengthBytes: number, positionBytes: number): number {
    return this.script.around(positionBytes, () => super.readAt(target, lengthBytes, positionBytes));
  }
}

interface Slot {
  readonly magic: number;
  readonly key: Buffer;
  readonly data: Buffer;
}

const magics = { live: 0x26011999, dead: 0xfee1dead, free: ~0x26011999 >>> 0 } as const;
const unused: Slot = { magic: magics.free, key: Buffer.alloc(0), data: Buffer.alloc(0) };

/**
 * A TDB file that changes as smbd changes it, in memory. Its blocks all have one size, so that every record keeps its
 * place, whatever becomes of the others.
 */
export class SlotTdb {
  private readonly tables: Buffer;
  private readonly baseBytes: number;
  private readonly slotBytes: number;
  private readonly slots: Slot[];
  /** Slots of each chain, from its head. */
  private readonly chains: number[][];

  constructor(slotCount: number, { hashSize = 131, slotBytes = 64, mutexBytes = 4096 } = {}) {
    const tablesBytes = mutexBytes + 168 + 4 + 4 * hashSize;
    this.tables = tdbImage([], { hashSize, mutexBytes }).bytes.subarray(0, tablesBytes);
    this.baseBytes = mutexBytes;
    this.slotBytes = slotBytes;
    this.slots = Array(slotCount).fill(unused);
    this.chains = Array.from({ length: hashSize }, () => []);
  }

  /** Writes a record into a free slot, the first unless told, and makes it the head of its chain. */
  insert(id: number, text: string, slot = this.slots.findIndex(({ magic }) => magic === magics.free)): void {
    this.slots[slot] = { magic: magics.live, key: idKey(id), data: Buffer.from(text) };
    this.chains[this.bucketOf(id)]!.unshift(slot);
  }

  /** Frees a record's slot. Its bytes stay. */
  remove(id: number): void {
    const chain = this.chains[this.bucketOf(id)]!;
    chain.splice(chain.indexOf(this.mark(id, magics.free)), 1);
  }

  /** Marks a record as dead. It stays in its chain. */
  kill(id: number): void {
    this.mark(id, magics.dead);
  }

  /** Changes a record in its place. */
  rewrite(id: number, text: string): void {
    const slot = this.slotOf(id);
    this.slots[slot] = { ...this.slots[slot]!, data: Buffer.from(text) };
  }

  /** What becomes of a record that outgrows its slot: removed and inserted anew. */
  move(id: number, text: string, slot: number): void {
    this.remove(id);
    this.insert(id, text, slot);
  }

  /** Adds free slots at the end of the file. */
  grow(slotCount: number): void {
    for (let i = 0; i < slotCount; i++) this.slots.push(unused);
  }

  /** The file as it stands, a copy. */
  get bytes(): Buffer {
    const next = this.chains.flatMap((chain) => chain.map((slot, i) => [slot, chain[i + 1]] as const));
    const nextOf = new Map(next);
    const blocks = this.slots.map((slot, i) => this.block(slot, nextOf.get(i)));
    const bytes = Buffer.concat([this.tables, ...blocks]);
    this.chains.forEach(([head], bucket) => {
      bytes.writeUInt32LE(this.linkTo(head), this.baseBytes + 172 + 4 * bucket);
    });
    return bytes;
  }

  bucketOf(id: number): number {
    return jenkinsHash(idKey(id), 0, 4) % this.chains.length;
  }

  /** Where the header of a live record stands in the file. */
  placeOf(id: number): number {
    return this.placeOfSlot(this.slotOf(id));
  }

  placeOfSlot(slot: number): number {
    return this.tables.length + slot * this.slotBytes;
  }

  /** Where the head of a record's chain stands in the file. */
  headOf(id: number): number {
    return this.baseBytes + 172 + 4 * this.bucketOf(id);
  }

  private slotOf(id: number): number {
    return this.slots.findIndex(({ magic, key }) => magic === magics.live && key.equals(idKey(id)));
  }

  private mark(id: number, magic: number): number {
    const slot = this.slotOf(id);
    this.slots[slot] = { ...this.slots[slot]!, magic };
    return slot;
  }

  private block({ magic, key, data }: Slot, next: number | undefined): Buffer {
    if (24 + key.length + data.length > this.slotBytes) throw new RangeError('the slots are too small for this text');
    const block = Buffer.alloc(this.slotBytes);
    const hash = jenkinsHash(key, 0, key.length);
    [this.linkTo(next), this.slotBytes - 24, key.length, data.length, hash, magic].forEach((value, i) => {
      block.writeUInt32LE(value, 4 * i);
    });
    key.copy(block, 24);
    data.copy(block, 24 + key.length);
    return block;
  }

  /** A slot as the file's own offsets name it; 0 ends a chain. */
  private linkTo(slot: number | undefined): number {
    return slot === undefined ? 0 : this.placeOfSlot(slot) - this.baseBytes;
  }
}

/** What a reading sees that stood at one place of the file when it changed: one state before it, another from there on. */
export function torn(first: Buffer, second: Buffer, at: number): Buffer {
  return Buffer.concat([first.subarray(0, at), second.subarray(at)]);
}

/** The buffers that a text was read into. */
export interface ReadBuffers extends Disposable {
  /** Buffers that the text was read into. */
  readonly count: number;
  /** How many of them hold it still. */
  readonly holding: number;
}

/** Watches what `node:fs` reads, until it is disposed of: some buffers never leave the reader. */
export function watchBuffers(text: string): ReadBuffers {
  const buffers = new Set<Buffer>();
  const { readSync } = fs;
  const replaceBy = (read: typeof readSync) => {
    fs.readSync = read;
    syncBuiltinESMExports();
  };
  const watched = (descriptor: number, buffer: Buffer, ...rest: [number, number, number]) => {
    const count = readSync(descriptor, buffer, ...rest);
    if (buffer.includes(text)) buffers.add(buffer);
    return count;
  };
  replaceBy(watched as typeof readSync);
  return {
    get count() {
      return memories(buffers);
    },
    get holding() {
      return memories([...buffers].filter((buffer) => buffer.includes(text)));
    },
    [Symbol.dispose]: () => replaceBy(readSync),
  };
}

/** Several buffers can stand for the same memory. */
function memories(buffers: Iterable<Buffer>): number {
  return new Set(Array.from(buffers, ({ buffer }) => buffer)).size;
}
