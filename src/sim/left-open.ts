import { Random } from '../base/index.ts';
import type { Schedule } from '../kernel/index.ts';
import type { WskPolicy } from '../wsk/index.ts';

/** How often another processor runs something in the middle of a kernel call. */
const SWITCHES = 0.3;
/** How often a call whose result is known completes before it returns. */
const INLINE = 0.4;

/**
 * What the contract leaves open, decided by a seed: which of several ready threads and DPCs runs, who overtakes whom
 * during a kernel call, and whether a call completes inline. Drivers must work with all of it.
 */
export const leftOpen = (seed: number): { readonly schedule: Schedule; readonly policy: WskPolicy } => {
  const random = new Random(seed);
  const [order, inline] = [random.fork(), random.fork()];
  return {
    schedule: { pick: (waiting) => order.below(waiting), switchNow: () => order.chance(SWITCHES) },
    policy: { completeInline: () => inline.chance(INLINE) },
  };
};
