import { describe, expect, test } from 'vitest';
import type { Dialect } from './dialects.ts';
import { deriveKey, type KeyPurpose } from './key-derivation.ts';
import { emptyPreauthHash, extendPreauthHash } from './preauth-hash.ts';
import { isSignatureRight, signPacket } from './signing.ts';

// The sample data of "SMB 2 and SMB 3 security in Windows 10: the anatomy of signing and cryptographic keys",
// Microsoft's open specifications blog.
const preauthHash = hex(
  '0dd13628cc3ed218ef9df9772d436d0887ab9814bfae63a80aa845f36909db79' +
    '28622dddad522d9751640a459762c5a9d6bb084cbb3ce6bdadef5d5bce3c6c01',
);

describe('derived keys', () => {
  test.each<[Dialect, string, KeyPurpose, string]>([
    ['3.0', '7cd451825d0450d235424e44ba6e78cc', 'signing', '0b7e9c5cac36c0f6ea9ab275298cedce'],
    ['3.0', '7cd451825d0450d235424e44ba6e78cc', 'encryption', 'fad27796665b313ebb578f388632b4f7'],
    ['3.0.2', '7cd451825d0450d235424e44ba6e78cc', 'decryption', 'b0f0427f7ceb416d1d9dcc0cd4f99447'],
    ['3.1.1', '270e1ba896585eeb7af3472d3b4c75a7', 'signing', '73fe7a9a77bef0bde49c650d8ccb5f76'],
    ['3.1.1', '270e1ba896585eeb7af3472d3b4c75a7', 'encryption', '629bcbc54422a0f572b97f45989b6073'],
    ['3.1.1', '270e1ba896585eeb7af3472d3b4c75a7', 'decryption', 'e2af0dcefac68da71a0dfbd0d1350d74'],
  ])('%s, session key %s, %s', (dialect, sessionKey, purpose, expected) => {
    const key = deriveKey({ dialect, sessionKey: hex(sessionKey), preauthHash }, purpose);
    expect(key.toString('hex')).toBe(expected);
  });

  test('2.1 uses the session key as it is', () => {
    const sessionKey = Buffer.alloc(16, 7);
    expect(deriveKey({ dialect: '2.1', sessionKey, preauthHash }, 'signing')).toEqual(sessionKey);
  });
});

test('the preauthentication hash after a NEGOTIATE request', () => {
  const request = hex(
    'fe534d4240000100000000000000800000000000000000000100000000000000fffe000000000000' +
      '00000000000000000000000000000000000000000000000024000500000000003f000000ecd86f32' +
      '6276024f9f7752b89bb33f3a70000000020000000202100200030203110300000100260000000000' +
      '010020000100fa49e6578f1f3a9f4cd3e9cc14a67aa884b3d05844e0e5a118225c15887f32ff0000' +
      '0200060000000000020002000100',
  );
  expect(extendPreauthHash(emptyPreauthHash, request).toString('hex')).toBe(
    'dd94efc5321bb618a2e208ba8920d2f422992526947a409b5037de1e0fe8c736' +
      '2b8c47122594cde0ce26aa9dfc8bcdbde0621957672623351a7540f1e54a0426',
  );
});

test('the signature of a SESSION_SETUP response', () => {
  const signingKey = { algorithm: 'aes-128-cmac', key: hex('73fe7a9a77bef0bde49c650d8ccb5f76') } as const;
  const response = hex(
    'fe534d4240000100000000000100800009000000000000000300000000000000fffe000000000000' +
      '1900000000100000ebe146da120ba25fc3376a49dfe31bc10900000048001d00a11b3019a0030a01' +
      '00a3120410010000003b453cdc3524164200000000',
  );
  expect(isSignatureRight(response, signingKey)).toBe(true);
  const signedAgain = Buffer.from(response);
  signPacket(signedAgain, signingKey);
  expect(signedAgain).toEqual(response);
  response[response.length - 1]! ^= 1;
  expect(isSignatureRight(response, signingKey)).toBe(false);
});

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}
