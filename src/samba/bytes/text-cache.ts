const slots = 1024;
const maxBytes = 64;

interface Known {
  readonly bytes: Buffer;
  readonly text: string;
}

/** Remembers short texts: share names, addresses and domains stand in one record after the other. */
export class TextCache {
  private readonly known: (Known | undefined)[] = new Array(slots).fill(undefined);

  utf8(bytes: Buffer, at: number, lengthBytes: number): string {
    if (lengthBytes > maxBytes) return bytes.toString('utf8', at, at + lengthBytes);
    let hash = lengthBytes;
    for (let i = 0; i < lengthBytes; i++) hash = (Math.imul(hash, 31) + bytes[at + i]!) | 0;
    const slot = (hash ^ (hash >>> 15)) & (slots - 1);
    const found = this.known[slot];
    if (found !== undefined && isSame(found.bytes, bytes, at, lengthBytes)) return found.text;
    const text = bytes.toString('utf8', at, at + lengthBytes);
    this.known[slot] = { bytes: Buffer.from(bytes.subarray(at, at + lengthBytes)), text };
    return text;
  }
}

function isSame(known: Buffer, bytes: Buffer, at: number, lengthBytes: number): boolean {
  if (known.length !== lengthBytes) return false;
  for (let i = 0; i < lengthBytes; i++) if (known[i] !== bytes[at + i]) return false;
  return true;
}
