import { describe, expect, test } from 'vitest';
import { fileCloserOf, someFile, strayFile, writing } from '../../test/support/files.ts';
import {
  type Caching,
  fromFileCloseOutcomeJson,
  fromFileClosePlanJson,
  fromOpenFileJson,
  type OpenFileJson,
  toFileCloseOutcomeJson,
  toFileClosePlanJson,
  toOpenFileJson,
} from './index.ts';

const overTheWire = <T>(value: T): T => JSON.parse(JSON.stringify(value));

const cachings: readonly Caching[] = [
  { kind: 'none' },
  { kind: 'level_ii' },
  { kind: 'batch' },
  { kind: 'lease', state: null },
  { kind: 'lease', state: 0 },
  { kind: 'lease', state: 7 },
];

describe('the JSON of an open file', () => {
  test.each([
    someFile(1),
    someFile(2, { accessMask: 0xffff_ffff, stream: 'notes', isDirectory: true, shareAccess: 0 }),
    strayFile(3),
    ...cachings.map((caching) => someFile(4, { caching })),
  ])('there and back, but for the names that find the user: %#', (file) => {
    const back = fromOpenFileJson(overTheWire(toOpenFileJson(file)));
    expect(back).toEqual({ ...file, user: file.user && { ...file.user, names: ['alice'] } });
  });

  test('says in words what is bits', () => {
    expect(toOpenFileJson(someFile(1, { accessMask: writing, caching: { kind: 'lease', state: 5 } }))).toMatchObject({
      location: '1.2049.77.0.4711.99.1.1795556400000000',
      session: '1.1.134400300000000000',
      is_open_for_writing: true,
      share_access: ['read', 'write', 'delete'],
      caching: 'lease',
      lease_state: ['read', 'write'],
      opened_at: '2026-11-24T21:40:00.000000Z',
    });
  });

  test.each<Partial<Record<keyof OpenFileJson, unknown>>>([
    { location: '1.2.3' },
    { path: 5 },
    { caching: 'much' },
    { lease_state: ['run'], caching: 'lease' },
    { share_access: null },
    { session: 'none' },
    { is_directory: 'yes' },
    { uid: '5' },
  ])('%j is refused', (changes) => {
    const json = { ...toOpenFileJson(someFile(1)), ...changes } as OpenFileJson;
    expect(() => fromOpenFileJson(json)).toThrow(TypeError);
  });
});

test('the JSON of a plan and of outcomes, there and back', async () => {
  const file = someFile(1, { user: null, accessMask: writing });
  const closer = fileCloserOf([file]);
  const plan = await closer.plan([file.location, someFile(2).location]);
  const json = overTheWire(toFileClosePlanJson(plan));
  expect(json).toMatchObject({ to_confirm: 1, closes: [{ not_closable: null }, { not_closable: 'gone', file: null }] });
  expect(fromFileClosePlanJson(json)).toEqual(plan);
  for await (const outcome of closer.close(plan, {})) {
    expect(fromFileCloseOutcomeJson(overTheWire(toFileCloseOutcomeJson(outcome)))).toEqual(outcome);
  }
});
