import { expect, test } from 'vitest';
import { tdbImage } from '../../../test/support/tdb/index.ts';
import { TemporaryFolder } from '../../../test/support/temporary.ts';
import { visitAtRest } from './at-rest.ts';

const records = [
  ['one', 'first'],
  ['two', 'second'],
] as const;
const { bytes, offsets } = tdbImage(records.map(([key, data]) => [Buffer.from(key), Buffer.from(data)]));

/** As databases are that Samba has had for ever: the header names no hash, and the records have another one. */
function withOldHash(): Buffer {
  const old = Buffer.from(bytes);
  old.writeUInt32LE(0, 40);
  for (const at of offsets) old.writeUInt32LE(0x12345678, at + 16);
  return old;
}

test.each([
  ['the Jenkins hash', bytes],
  ['the old hash', withOldHash()],
])('every record of a file with %s, and nothing of it stays', (_, content) => {
  using folder = new TemporaryFolder();
  const seen: string[][] = [];
  const lent: Buffer[] = [];
  visitAtRest(folder.file('x.tdb', content), (key, data) => {
    seen.push([String(key), String(data)]);
    lent.push(key, data);
  });
  expect(seen).toEqual(records);
  expect(Buffer.concat(lent).every((byte) => byte === 0)).toBe(true);
});

test('a file with a torn record gives none', () => {
  using folder = new TemporaryFolder();
  const torn = Buffer.from(bytes);
  torn.writeUInt32LE(0, offsets[1]! + 16); // not its key's hash
  const seen: Buffer[] = [];
  const read = () => visitAtRest(folder.file('x.tdb', torn), (key) => seen.push(key));
  expect(read).toThrow(expect.objectContaining({ code: 'TDB_BAD_CHAIN' }));
  expect(seen).toEqual([]);
});
