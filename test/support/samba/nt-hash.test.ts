import { expect, test } from 'vitest';
import { ntHash } from './nt-hash.ts';

test.each([
  ['', '31D6CFE0D16AE931B73C59D7E0C089C0'],
  ['password', '8846F7EAEE8FB117AD06BDD830B7586C'],
  ['x'.repeat(27), '0AE2AC07BA42FB76E0D9E5852D00E83F'],
  ['x'.repeat(28), 'E4E10A22597EFD64AD85EC18C948CBF2'],
  ['密'.repeat(40), '0DFF8A1D62372A791CB0D65F995F1AB3'],
])('the NT hash of %j is the one that Samba computes', (password, hash) => {
  expect(ntHash(password)).toBe(hash);
});
