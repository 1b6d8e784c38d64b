import { describe, expect, test } from 'vitest';
import { NdrCursor } from '../ndr/index.ts';
import { skipClaims } from './claims.ts';

/** A token's tail with one user claim, `a`, of the given type and value; `parts` stand in for others. */
function tail(parts: Partial<Record<'counts' | 'name' | 'type' | 'values' | 'data', string>> = {}): Buffer {
  const {
    counts = '00000000 01000000 00000000 00000000 00000000 01000000',
    name = '36000000',
    type = '0100',
    values = '01000000 3a000000',
    data = '6100 0000 0700000000000000',
  } = parts;
  const hex = [counts, name, type, '0000 00000000', values, '00000000 00000000 0200', data].join('');
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

describe('claims of a token', () => {
  test.each([
    ['an INT64', {}],
    ['a UINT64', { type: '0200' }],
    ['a BOOLEAN', { type: '0600' }],
    ['a STRING', { type: '0300', data: '6100 0000 6200 0000' }],
    ['an empty STRING', { type: '0300', data: '6100 0000 0000' }],
    ['a SID', { type: '0500', data: '6100 0000 02000000 5331' }],
    ['an OCTET_STRING', { type: '1000', data: '6100 0000 00000000' }],
    ['a NULL value', { values: '01000000 00000000', data: '6100 0000' }],
    ['no name', { name: '00000000', values: '01000000 36000000', data: '0700000000000000' }],
  ])('%s is stepped over', (_, parts) => {
    const cursor = new NdrCursor(tail(parts));
    skipClaims(cursor);
    expect(cursor.remainingBytes).toBe(0);
  });

  test.each([
    ['a type that there is not', 'RECORD_BAD_VALUE', { type: '0400' }],
    ['a value that points elsewhere', 'NDR_BAD_POINTER', { values: '01000000 38000000' }],
    ['a value that points back', 'NDR_BAD_POINTER', { values: '01000000 01000000' }],
    ['a value that is cut', 'BYTES_TRUNCATED', { data: '6100 0000 07000000' }],
    ['a text without its end', 'BYTES_TRUNCATED', { type: '0300', data: '6100 0000 6200 6300' }],
    ['a length past the end', 'BYTES_TRUNCATED', { type: '1000', data: '6100 0000 ffffffff' }],
    ['more values than bytes', 'BYTES_TRUNCATED', { values: 'ffff0000 3a000000' }],
    ['more values than pidl keeps', 'NDR_BAD_COUNT', { values: '00000100 3a000000' }],
    [
      'more claims than pidl keeps',
      'NDR_BAD_COUNT',
      { counts: '00000000 00000100 00000000 00000000 00000000 00000100' },
    ],
    ['another number of claims', 'NDR_BAD_COUNT', { counts: '00000000 01000000 00000000 00000000 00000000 02000000' }],
    [
      'more device SIDs than bytes',
      'NDR_BAD_COUNT',
      { counts: '00000000 01000000 00000000 01000000 00000000 01000000' },
    ],
  ])('%s is refused', (_, code, parts) => {
    expect(() => skipClaims(new NdrCursor(tail(parts)))).toThrow(expect.objectContaining({ code }));
  });
});
