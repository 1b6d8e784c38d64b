// MD4 (RFC 1320): Samba's password files need it, and OpenSSL 3 hides it behind its legacy provider.

const ROUNDS = [
  {
    mix: (x: number, y: number, z: number) => (x & y) | (~x & z),
    constant: 0,
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    shifts: [3, 7, 11, 19],
  },
  {
    mix: (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
    constant: 0x5a827999,
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    shifts: [3, 5, 9, 13],
  },
  {
    mix: (x: number, y: number, z: number) => x ^ y ^ z,
    constant: 0x6ed9eba1,
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    shifts: [3, 9, 11, 15],
  },
] as const;

/** The NT hash of a password, MD4 of its UTF-16LE bytes, as 32 uppercase hex digits. */
export function ntHash(password: string): string {
  return md4(Buffer.from(password, 'utf16le')).toString('hex').toUpperCase();
}

function md4(message: Buffer): Buffer {
  const padded = pad(message);
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let offset = 0; offset < padded.length; offset += 64) {
    const block = Array.from({ length: 16 }, (_, i) => padded.readUInt32LE(offset + 4 * i));
    const mixed = ROUNDS.reduce((words, round) => applyRound(words, block, round), state);
    state = state.map((word, i) => (word + mixed[i]!) >>> 0);
  }
  const digest = Buffer.alloc(16);
  state.forEach((word, i) => {
    digest.writeUInt32LE(word, 4 * i);
  });
  return digest;
}

function applyRound(words: number[], block: number[], round: (typeof ROUNDS)[number]): number[] {
  let [a, b, c, d] = words as [number, number, number, number];
  round.order.forEach((index, step) => {
    const sum = (a + round.mix(b, c, d) + block[index]! + round.constant) | 0;
    [a, d, c, b] = [d, c, b, rotateLeft(sum, round.shifts[step % 4]!)];
  });
  return [a, b, c, d];
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function pad(message: Buffer): Buffer {
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / 64) * 64);
  message.copy(padded);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8);
  return padded;
}
