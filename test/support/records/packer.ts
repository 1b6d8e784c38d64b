/** Packs NDR as Samba's pidl does: what src/samba/ndr reads, written the other way round and on its own. */
export class NdrPacker {
  private readonly bytes: number[] = [];
  private referent: number;

  constructor(firstReferent = 0x00020000) {
    this.referent = firstReferent;
  }

  align(size: number): this {
    while (this.bytes.length % size !== 0) this.bytes.push(0);
    return this;
  }

  u8(value: number): this {
    this.bytes.push(value & 0xff);
    return this;
  }

  u16(value: number): this {
    this.align(2);
    return this.u8(value).u8(value >>> 8);
  }

  u32(value: number): this {
    this.align(4);
    return this.raw32(value);
  }

  hyper(value: bigint): this {
    this.align(8);
    return this.raw64(value);
  }

  nttime(value: bigint): this {
    this.align(4);
    return this.raw64(value);
  }

  pointer(isSet: boolean): this {
    if (!isSet) return this.u32(0);
    const referent = this.referent;
    this.referent += 4;
    return this.u32(referent);
  }

  /** A `[relative]` pointer. Returns what makes it point at the place where packing has come to by then. */
  relativePointer(): () => void {
    this.u32(0xffffffff);
    const at = this.bytes.length - 4;
    return () => {
      for (let i = 0; i < 4; i++) this.bytes[at + i] = (this.bytes.length >>> (8 * i)) & 0xff;
    };
  }

  string(text: string): this {
    const bytes = Buffer.from(`${text}\0`);
    this.u32(bytes.length).u32(0).u32(bytes.length);
    return this.raw(bytes);
  }

  blob(bytes: Buffer): this {
    this.u32(bytes.length);
    return this.raw(bytes);
  }

  guid(): this {
    this.align(4);
    return this.raw(Buffer.alloc(16, 0x11));
  }

  sid(text: string): this {
    const [revision, authority, ...parts] = text.slice(2).split('-').map(Number);
    this.align(4).u8(revision!).u8(parts.length);
    for (let shift = 40; shift >= 0; shift -= 8) this.u8(Math.floor(authority! / 2 ** shift));
    for (const part of parts) this.u32(part);
    return this;
  }

  raw(bytes: Buffer): this {
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }

  raw32(value: number): this {
    for (let shift = 0; shift < 32; shift += 8) this.u8(value >>> shift);
    return this;
  }

  raw64(value: bigint): this {
    for (let shift = 0n; shift < 64n; shift += 8n) this.u8(Number((value >> shift) & 0xffn));
    return this;
  }

  toBuffer(): Buffer {
    return Buffer.from(this.bytes);
  }
}
