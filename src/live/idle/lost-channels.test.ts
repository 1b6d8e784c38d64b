import { expect, test } from 'vitest';
import { someSession } from '../../../test/support/sessions.ts';
import type { Channel, Session } from '../../sessions/index.ts';
import { LostChannels } from './lost-channels.ts';
import { usagesOf } from './usages.ts';

const { channels: some, location } = someSession(1);
const channel = (port: number): Channel => ({ ...some[0], client: { ...some[0].client, port } });
const withPorts = (first: number, ...others: number[]) =>
  someSession(1, { channels: [channel(first), ...others.map(channel)] });

const both = withPorts(1, 2);
const one = withPorts(2);
const reborn = someSession(1, { location: { ...location, creationTime: 5n }, channels: [channel(2)] });

test.each<[string, readonly Session[], number | null]>([
  ['all are there', [both, withPorts(1, 2)], null],
  ['one more', [one, both], null],
  ['one less', [both, one], 1],
  ['one for another', [one, withPorts(1)], 1],
  ['one less, then nothing, then one more', [both, one, withPorts(2), both], 1],
  ['one less twice', [withPorts(1, 2, 3), both, one], 2],
  ['another session of the same number', [both, reborn], null],
  ['another session after a loss', [both, one, reborn], null],
])('%s', (_, steps, at) => {
  const lost = new LostChannels();
  let former = usagesOf([]);
  for (const [i, session] of steps.entries()) {
    const usages = usagesOf([session]);
    lost.note(former, usages, i);
    lost.note(usages, usages, 100);
    former = usages;
  }
  expect(lost.of(steps.at(-1)!)).toBe(at);
});

test('moves with the clock', () => {
  const lost = new LostChannels();
  lost.note(usagesOf([both]), usagesOf([one]), 7);
  lost.move(-3);
  expect(lost.of(one)).toBe(4);
});
