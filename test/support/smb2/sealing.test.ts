import { describe, expect, test } from 'vitest';
import { type Cipher, isSealed, keyBytes, Sealing, sealedSessionId } from './sealing.ts';

describe.each<Cipher>(['aes-128-ccm', 'aes-128-gcm', 'aes-256-gcm'])('%s', (cipher) => {
  const clientKey = Buffer.alloc(keyBytes(cipher), 1);
  const serverKey = Buffer.alloc(keyBytes(cipher), 2);
  const packet = Buffer.from('a message');

  test('what one side seals, the other unseals', () => {
    const frame = new Sealing(7n, cipher, clientKey, serverKey).seal(packet);
    expect(isSealed(frame)).toBe(true);
    expect(sealedSessionId(frame)).toBe(7n);
    expect(frame.includes(packet)).toBe(false);
    expect(new Sealing(7n, cipher, serverKey, clientKey).unseal(frame)).toEqual(packet);
  });

  test('the same message never looks the same', () => {
    const sealing = new Sealing(7n, cipher, clientKey, serverKey);
    expect(sealing.seal(packet)).not.toEqual(sealing.seal(packet));
  });

  // Of the tag, of the nonce, of the session id, of the message.
  test.each([4, 20, 44, 52])('a change of byte %i is noticed', (offset) => {
    const frame = new Sealing(7n, cipher, clientKey, serverKey).seal(packet);
    frame[offset]! ^= 1;
    expect(() => new Sealing(7n, cipher, serverKey, clientKey).unseal(frame)).toThrow('decrypted');
  });
});
