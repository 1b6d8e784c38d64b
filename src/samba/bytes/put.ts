/** Writes an unsigned 32-bit number, little-endian, at an offset that the caller has checked. */
export function putU32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** The same for an unsigned 64-bit number. */
export function putU64(bytes: Buffer, at: number, value: bigint): void {
  bytes.writeBigUInt64LE(value, at);
}
