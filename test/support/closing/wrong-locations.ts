import type { Location } from '../../../src/sessions/index.ts';
import { Dice } from '../load/index.ts';

const maxId = 0xffff_ffff;
const maxTime = 0xffff_ffff_ffff_ffffn;

/** Ways in which the location of a session can be none of a live one, though it looks much like it. */
const ways: readonly ((one: Location, other: Location, dice: Dice) => Location)[] = [
  (one, _, dice) => ({ ...one, sessionGlobalId: (one.sessionGlobalId ^ (1 << dice.between(0, 31))) >>> 0 }),
  (one, _, dice) => ({ ...one, sessionGlobalId: one.sessionGlobalId + dice.pick([-1, 1]) }),
  (one) => ({ ...one, creationTime: one.creationTime + 1n }),
  (one) => ({ ...one, creationTime: one.creationTime - 1n }),
  (one, _, dice) => ({ ...one, creationTime: one.creationTime ^ (1n << BigInt(dice.between(0, 63))) }),
  (one, other) => ({ ...one, creationTime: other.creationTime }),
  (one, other) => ({ ...one, sessionGlobalId: other.sessionGlobalId }),
  (one) => ({ ...one, creationTime: 0n }),
  (one, _, dice) => ({ ...one, instance: dice.pick([0, 2, 7, 999_999]) }),
  (one, _, dice) => ({ ...one, sessionGlobalId: dice.pick([0, 1, maxId, 2 ** 53 - 1]) }),
  (one, _, dice) => ({ ...one, creationTime: dice.pick([1n, maxTime, maxTime + 1n, one.creationTime + 2n ** 64n]) }),
  // Numbers that become the right one where somebody cuts them to 32 bits.
  (one) => ({ ...one, sessionGlobalId: one.sessionGlobalId + 2 ** 32 }),
];

/**
 * So many locations that name no live session: those of sessions that have ended, and altered ones of live sessions, in all
 * ways in turn; the same for the same seed.
 */
export function wrongLocations(
  live: readonly Location[],
  ended: readonly Location[],
  count: number,
  seed = 1,
): readonly Location[] {
  const dice = new Dice(seed);
  const names = new Set(live.map(nameOf));
  const wrong: Location[] = [];
  for (let i = 0; wrong.length < count; i++) {
    const way = ways[i % (ways.length + 1)];
    const location = way === undefined ? dice.pick(ended) : way(dice.pick(live), dice.pick(live), dice);
    if (!names.has(nameOf(location))) wrong.push(location);
  }
  return wrong;
}

function nameOf({ instance, sessionGlobalId, creationTime }: Location): string {
  return `${instance}.${sessionGlobalId}.${creationTime}`;
}
