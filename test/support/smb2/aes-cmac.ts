import { createCipheriv } from 'node:crypto';

const blockBytes = 16;
const zeroBlock = Buffer.alloc(blockBytes);

/** AES-CMAC with a 128-bit key, RFC 4493. */
export function aesCmac(key: Uint8Array, message: Uint8Array): Buffer {
  const subkey = double(encryptBlock(key));
  const isWhole = message.length > 0 && message.length % blockBytes === 0;
  const padded = isWhole ? Buffer.from(message) : padWithOne(message);
  const lastBlock = padded.subarray(-blockBytes);
  xorInto(lastBlock, isWhole ? subkey : double(subkey));

  // CBC from a zero vector is the chain of RFC 4493, 2.4: the last block of its output is the code.
  const chain = createCipheriv('aes-128-cbc', key, zeroBlock).setAutoPadding(false);
  return Buffer.from(chain.update(padded).subarray(-blockBytes));
}

function encryptBlock(key: Uint8Array): Buffer {
  return createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(zeroBlock);
}

function padWithOne(message: Uint8Array): Buffer {
  const padded = Buffer.alloc((Math.floor(message.length / blockBytes) + 1) * blockBytes);
  padded.set(message);
  padded[message.length] = 0x80;
  return padded;
}

/** Doubling in GF(2^128), RFC 4493, 2.3. */
function double(block: Buffer): Buffer {
  const doubled = Buffer.alloc(blockBytes);
  for (let index = 0; index < blockBytes; index++) {
    const carry = (block[index + 1] ?? 0) >> 7;
    doubled[index] = (block[index]! << 1) | carry;
  }
  if (block[0]! & 0x80) doubled[blockBytes - 1]! ^= 0x87;
  return doubled;
}

function xorInto(target: Buffer, mask: Buffer): void {
  mask.forEach((byte, index) => {
    target[index]! ^= byte;
  });
}
