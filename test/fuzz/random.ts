/** Numbers that a seed and a stream decide alone: the same on every machine, so that any input can be made again. */
export class Random {
  private a: number;
  private b: number;
  private c = 0x9e3779b9 | 0;
  private count = 1;

  /** Chris Doty-Humphrey's sfc32. */
  constructor(seed: number, stream: number) {
    this.a = seed | 0;
    this.b = stream | 0;
    for (let i = 0; i < 12; i++) this.u32();
  }

  u32(): number {
    const sum = (this.a + this.b + this.count++) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A whole number from 0 up to, but not with, the limit; 0 where there is none. */
  below(limit: number): number {
    return limit <= 1 ? 0 : this.u32() % limit;
  }

  /** A whole number from `low` to `high`, both with. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(share: number): boolean {
    return this.u32() < share * 2 ** 32;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** Up to `count` of the list, in its order. */
  some<T>(list: readonly T[], count: number): T[] {
    const left = [...list];
    while (left.length > count) left.splice(this.below(left.length), 1);
    return left;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let i = 0; i < length; i++) bytes[i] = this.u32();
    return bytes;
  }

  /** A number as a broken file has it in 32 bits: an edge, near to what stood there, or anything. */
  hostile(former: number): number {
    return (
      this.pick([
        () => this.pick(edges),
        () => this.pick(edges),
        () => former + this.between(-8, 8),
        () => 1 << this.below(32),
        () => this.u32(),
      ])() >>> 0
    );
  }
}

const edges = [0, 1, 2, 0xff, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff, 1024, 65_536];
