import { expect, test } from 'vitest';
import { parseTdbdump } from './tdbdump.ts';

test('letters stand for themselves, all other bytes are escaped', () => {
  const dump = '{\nkey(4) = "\\00ab\\22"\ndata(3) = "x\\5C\\FF"\n}\n{\nkey(1) = "k"\ndata(0) = ""\n}\n';
  expect(parseTdbdump(dump)).toEqual([
    { key: Buffer.from('00616222', 'hex'), data: Buffer.from('785cff', 'hex') },
    { key: Buffer.from('k'), data: Buffer.alloc(0) },
  ]);
});

test('a record of another length than it says is refused', () => {
  expect(() => parseTdbdump('{\nkey(2) = "k"\ndata(0) = ""\n}\n')).toThrow('1 bytes instead of 2');
});
