import { type FileLocation, formatFileLocation } from '../../../src/sessions/index.ts';
import { Dice } from '../load/index.ts';

const flipped = (word: bigint, bits: number, dice: Dice) => word ^ (1n << BigInt(dice.between(0, bits - 1)));

type Way = (one: FileLocation, other: FileLocation, dice: Dice) => FileLocation;
const ofFile =
  (
    change: (file: FileLocation['file'], other: FileLocation['file'], dice: Dice) => Partial<FileLocation['file']>,
  ): Way =>
  (one, other, dice) => ({ ...one, file: { ...one.file, ...change(one.file, other.file, dice) } });

/** Ways in which the location of an open can be none of one that is there, though it looks much like it: every field in turn. */
const ways: readonly Way[] = [
  (one, _, dice) => ({ ...one, instance: dice.pick([0, 2, 7, 999_999]) }),
  ofFile(({ device }, _, dice) => ({ device: flipped(device, 64, dice) })),
  ofFile(({ inode }, _, dice) => ({ inode: flipped(inode, 64, dice) })),
  ofFile((_, { inode }) => ({ inode })),
  ofFile(({ extension }, _, dice) => ({ extension: flipped(extension, 64, dice) })),
  (one, _, dice) => ({ ...one, pid: one.pid + dice.pick([-1, 1, 2 ** 31]) }),
  (one, { pid }) => ({ ...one, pid }),
  (one) => ({ ...one, pid: 0 }),
  // As of another process that had this pid before.
  (one, _, dice) => ({ ...one, uniqueId: flipped(one.uniqueId, 64, dice) }),
  (one, { uniqueId }) => ({ ...one, uniqueId }),
  (one, _, dice) => ({ ...one, shareFileId: flipped(one.shareFileId, 64, dice) }),
  (one, { shareFileId }) => ({ ...one, shareFileId }),
  // As of the same file, opened before under the same name of the open.
  (one, _, dice) => ({ ...one, openedMicros: one.openedMicros + dice.pick([-1_000_000, -1, 1, 1000]) }),
  (one, { openedMicros }) => ({ ...one, openedMicros }),
  (one) => ({ ...one, openedMicros: 0 }),
];

/**
 * So many locations that name no open that is there: those of opens that have ended, and altered ones of others, in all ways
 * in turn; the same for the same seed.
 */
export function wrongFileLocations(
  live: readonly FileLocation[],
  ended: readonly FileLocation[],
  count: number,
  seed = 1,
): readonly FileLocation[] {
  const dice = new Dice(seed);
  const names = new Set(live.map(formatFileLocation));
  const wrong: FileLocation[] = [];
  for (let i = 0; wrong.length < count; i++) {
    const way = ways[i % (ways.length + 1)];
    const location = way === undefined ? dice.pick(ended) : way(dice.pick(live), dice.pick(live), dice);
    if (!names.has(formatFileLocation(location))) wrong.push(location);
  }
  return wrong;
}
