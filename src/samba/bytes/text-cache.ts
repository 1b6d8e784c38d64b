const slots = 1024;
const maxBytes = 64;

/** Remembers short texts: share names, addresses and domains stand in one record after the other. */
export class TextCache {
  private readonly texts: (string | undefined)[] = new Array(slots).fill(undefined);
  private readonly lengths = new Uint8Array(slots);
  /** The bytes of all slots: a small buffer for each would keep a large one of Node's alive. */
  private readonly bytes = Buffer.allocUnsafeSlow(slots * maxBytes);

  utf8(bytes: Buffer, at: number, lengthBytes: number): string {
    if (lengthBytes > maxBytes) return bytes.toString('utf8', at, at + lengthBytes);
    const slot = slotOf(bytes, at, lengthBytes);
    const known = this.texts[slot];
    if (known !== undefined && this.holds(slot, bytes, at, lengthBytes)) return known;
    const text = bytes.toString('utf8', at, at + lengthBytes);
    bytes.copy(this.bytes, slot * maxBytes, at, at + lengthBytes);
    this.lengths[slot] = lengthBytes;
    this.texts[slot] = text;
    return text;
  }

  private holds(slot: number, bytes: Buffer, at: number, lengthBytes: number): boolean {
    if (this.lengths[slot] !== lengthBytes) return false;
    const start = slot * maxBytes;
    for (let i = 0; i < lengthBytes; i++) if (this.bytes[start + i] !== bytes[at + i]) return false;
    return true;
  }
}

function slotOf(bytes: Buffer, at: number, lengthBytes: number): number {
  let hash = lengthBytes;
  for (let i = 0; i < lengthBytes; i++) hash = (Math.imul(hash, 31) + bytes[at + i]!) | 0;
  return (hash ^ (hash >>> 15)) & (slots - 1);
}
