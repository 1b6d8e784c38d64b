const leastBytes = 2048;

/** A buffer that grows with what is read into it, and is overwritten when it is given up: records hold keys. */
export class Scratch {
  private bytes = Buffer.alloc(leastBytes);

  /** Room for so many bytes, good until the next call. */
  of(sizeBytes: number): Buffer {
    if (sizeBytes > this.bytes.length) {
      this.clear();
      this.bytes = Buffer.alloc(Math.max(sizeBytes, 2 * this.bytes.length));
    }
    return this.bytes;
  }

  clear(): void {
    this.bytes.fill(0);
  }
}

/** Copies that are wanted for a while and then given up all at once. What it once needed, it uses again. */
export class Copies {
  private blocks: Buffer[] = [Buffer.alloc(leastBytes)];
  private usedBytes = 0;

  /** A copy, good until `clear`. */
  of(bytes: Buffer): Buffer {
    let block = this.blocks.at(-1)!;
    if (bytes.length > block.length - this.usedBytes) {
      block = Buffer.alloc(Math.max(bytes.length, 2 * block.length));
      this.blocks.push(block);
      this.usedBytes = 0;
    }
    const at = this.usedBytes;
    this.usedBytes += bytes.copy(block, at);
    return block.subarray(at, this.usedBytes);
  }

  /** Overwrites all copies. */
  clear(): void {
    for (const block of this.blocks) block.fill(0);
    this.blocks = this.blocks.slice(-1);
    this.usedBytes = 0;
  }
}
