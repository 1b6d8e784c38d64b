import { expect, test } from 'vitest';
import { encodeCreateContexts, parseCreateContexts } from './create-contexts.ts';

const key = Buffer.alloc(16, 7);
const createGuid = Buffer.alloc(16, 9);

test('nothing asked for takes no room', () => {
  expect(encodeCreateContexts({})).toHaveLength(0);
});

test('a lease and a durable handle, one behind the other', () => {
  const list = encodeCreateContexts({ lease: { key, state: 3 }, durable: { createGuid, timeoutMs: 5000 } });
  expect(list.readUInt32LE() % 8).toBe(0);
  // Both sides start these contexts with the same fields.
  expect(parseCreateContexts(list)).toEqual({ lease: { key, state: 3 }, isDurable: true, durableTimeoutMs: 5000 });
});

test('a server that grants nothing', () => {
  expect(parseCreateContexts(Buffer.alloc(0))).toEqual({
    lease: undefined,
    isDurable: false,
    durableTimeoutMs: undefined,
  });
});
