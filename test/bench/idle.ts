import { benchIdleCost } from './idle-cost.ts';
import { benchIdleTruth } from './idle-truth.ts';

/** How right idle times are, and what looking at them costs. */
export async function benchIdle(root?: string): Promise<void> {
  await benchIdleCost();
  await benchIdleTruth(root);
}
