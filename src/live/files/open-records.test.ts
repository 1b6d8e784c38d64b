import { expect, test } from 'vitest';
import type { OpenGlobal, ShareModeEntry } from '../../samba/records/index.ts';
import type { Rows } from '../join.ts';
import { OpenRecords } from './open-records.ts';

const serverId = { pid: 1, taskId: 0, vnn: 0xffff_ffff, uniqueId: 7n };
const rowsOf = (opens: readonly (readonly [number, Partial<OpenGlobal> | undefined])[]): Rows['opens'] =>
  new Map(opens.map(([id, value]) => [id, { value: value && { serverId, ...value } } as never]));
const entry = (id: bigint, openedAt: number, changes: Partial<ShareModeEntry> = {}) =>
  ({ serverId, shareFileId: id, openedAt, ...changes }) as ShareModeEntry;

test('an entry is of the record of its id, or else of its process and microsecond', () => {
  const [byId, byTime] = [{ openTime: 10 }, { openTime: 20 }];
  const records = new OpenRecords(
    rowsOf([
      [5, byId],
      [6, byTime],
    ]),
  );
  expect(records.find(entry(5n, 10))).toMatchObject(byId);
  expect(records.find(entry(77n, 20))).toMatchObject(byTime);
  // A count that happens to be another's id.
  expect(records.find(entry(5n, 20))).toMatchObject(byTime);
  expect(records.find(entry(77n, 21))).toBeNull();
  expect(records.find(entry(77n, 20, { serverId: { ...serverId, uniqueId: 8n } }))).toBeNull();
});

test('of two of one microsecond it is neither, but by its id', () => {
  const records = new OpenRecords(
    rowsOf([
      [5, { openTime: 10, openVolatileId: 1 }],
      [6, { openTime: 10 }],
    ]),
  );
  expect(records.find(entry(77n, 10))).toBeNull();
  expect(records.find(entry(5n, 10))).toMatchObject({ openVolatileId: 1 });
});

test('where the record of its id can not be read, that is said', () => {
  expect(new OpenRecords(rowsOf([[5, undefined]])).find(entry(5n, 10))).toBe('unreadable');
});

test('thousands of one moment cost no more than a look at each', () => {
  let looks = 0;
  const counted = {
    get openTime() {
      looks++;
      return 10;
    },
  };
  const ids = Array.from({ length: 2000 }, (_, i) => i + 1);
  const opens = new Map(ids.map((id) => [id, { value: Object.assign(Object.create(counted), { serverId }) } as never]));
  const records = new OpenRecords(opens);
  for (const id of ids) records.find(entry(BigInt(id + 1_000_000), 10));
  expect(looks).toBeLessThanOrEqual(4 * ids.length);
});
