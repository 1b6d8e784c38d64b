import { Cursor } from '../bytes/index.ts';

/** NTTIME 0, and some day in the year 30828 from which on it means never, in microseconds since 1970. */
const epochMicros = -11_644_473_600_000_000;
const epochNttime = 116_444_736_000_000_000n;
const neverMicros = 910_692_730_000_000_000;

/** Longest string that a Samba record can hold and still be believed. Paths end at 4,096; names far earlier. */
const maxStringBytes = 65_536;

function momentOrNever(micros: number): number | null {
  return micros <= epochMicros || micros >= neverMicros ? null : micros;
}

/** The same for an NTTIME that was read as it stands. */
export function nttimeToMicros(nttime: bigint): number | null {
  return momentOrNever(Number((nttime - epochNttime) / 10n));
}

/**
 * Reads NDR as Samba's pidl packs it into its databases: NDR32, little-endian, each alignment counted from the start of
 * the window, pointed-to things deferred behind the struct that points at them.
 */
export class NdrCursor extends Cursor {
  /** Steps to the next multiple of 2, 4 or 8 bytes. */
  align(sizeBytes: number): void {
    const over = this.offsetBytes % sizeBytes;
    if (over !== 0) this.skip(sizeBytes - over);
  }

  uint16(): number {
    this.align(2);
    return this.u16();
  }

  uint32(): number {
    this.align(4);
    return this.u32();
  }

  hyper(): bigint {
    this.align(8);
    return this.u64();
  }

  /** A hyper that holds a small number, see `u64Number`. */
  hyperNumber(): number {
    this.align(8);
    return this.u64Number();
  }

  skipHyper(): void {
    this.align(8);
    this.skip(8);
  }

  /**
   * `NTTIME` as microseconds since 1970, null for its ways to say never or not yet: 0, and from 0x7fff… on.
   * Unlike `hyper` it aligns to 4 bytes.
   */
  nttime(): number | null {
    this.align(4);
    return momentOrNever(this.nttimeMicros());
  }

  /** `NTTIME` as it stands: 100 ns since 1601. */
  rawNttime(): bigint {
    this.align(4);
    return this.u64();
  }

  skipNttime(): void {
    this.align(4);
    this.skip(8);
  }

  /** A `[unique]` pointer's place: true where something follows later, false for NULL. */
  uniquePointer(): boolean {
    const referent = this.uint32();
    if (referent === 0) return false;
    // pidl numbers referents 0x00020000, 0x00020004, …; a `ref` pointer's marker takes the first number silently.
    if ((referent & 0xfff00003) !== 0 || referent < 0x00020000) {
      this.fail('NDR_BAD_POINTER', `0x${referent.toString(16)} is no referent id`);
    }
    return true;
  }

  /** An `[ignore]` pointer: always packed as four zero bytes. */
  ignoredPointer(): void {
    const referent = this.uint32();
    if (referent !== 0) this.fail('NDR_BAD_POINTER', `0x${referent.toString(16)} where an ignored pointer packs zero`);
  }

  /** The number of an array's elements. */
  count(limit: number): number {
    const count = this.uint32();
    if (count > limit) this.fail('NDR_BAD_COUNT', `a count of ${count}`);
    return count;
  }

  /** What stands before the elements of `[size_is(count)] x[*]`: their number again. */
  arraySize(count: number): void {
    const size = this.uint32();
    if (size !== count) this.fail('NDR_BAD_COUNT', `${count} elements in an array of ${size}`);
  }

  /** `[charset(UTF8),string] char x[]`: maximum, offset and actual count, then the bytes with their NUL. */
  string(): string {
    return this.text(this.stringHead());
  }

  /** The same where the text is not wanted. */
  skipString(): void {
    this.skip(this.stringHead() - 1);
    if (this.u8() !== 0) this.fail('NDR_BAD_STRING', 'a string does not end in NUL');
  }

  /** The same where smbd may have NULL for it, which packs as three zeros and no bytes: empty. */
  stringOrNull(): string {
    const lengthBytes = this.stringHead(0);
    if (lengthBytes === 0) return '';
    return this.text(lengthBytes);
  }

  /** `[flag(STR_NULLTERM)] string`: UTF-16 up to its NUL, stepped over. */
  skipUtf16(): void {
    while (this.u16() !== 0);
  }

  /** `DATA_BLOB`: a length and as many bytes, stepped over. It may hold a key. */
  skipBlob(): void {
    this.skip(this.uint32());
  }

  skipGuid(): void {
    this.align(4);
    this.skip(16);
  }

  /** `dom_sid` in its usual text form. */
  sid(): string {
    const count = this.sidHead();
    let text = `S-1-${this.sidAuthority()}`;
    for (let i = 0; i < count; i++) text += `-${this.u32()}`;
    return text;
  }

  skipSid(): void {
    const count = this.sidHead();
    this.skip(6 + 4 * count);
  }

  private text(lengthBytes: number): string {
    const text = this.utf8(lengthBytes - 1);
    if (this.u8() !== 0) this.fail('NDR_BAD_STRING', 'a string does not end in NUL');
    return text;
  }

  private stringHead(atLeastBytes = 1): number {
    const maximum = this.uint32();
    const offset = this.u32();
    const actual = this.u32();
    if (offset !== 0 || actual !== maximum || actual < atLeastBytes || actual > maxStringBytes) {
      this.fail('NDR_BAD_STRING', `counts ${maximum}, ${offset}, ${actual} describe no string`);
    }
    return actual;
  }

  private sidHead(): number {
    this.align(4);
    const revision = this.u8();
    const count = this.u8();
    if (revision !== 1 || count > 15) this.fail('NDR_BAD_SID', `revision ${revision} with ${count} parts is no SID`);
    return count;
  }

  private sidAuthority(): string {
    const high = this.u8() * 256 + this.u8();
    const low = ((this.u8() << 24) | (this.u8() << 16) | (this.u8() << 8) | this.u8()) >>> 0;
    return high === 0 ? String(low) : `0x${(high * 2 ** 32 + low).toString(16)}`;
  }
}
