import type { Schedule } from '../../kernel/index.ts';
import type { WskPolicy } from '../../wsk/index.ts';
import type { Choices } from './choices.ts';

export interface VariedMachine {
  readonly schedule: Schedule;
  readonly policy: WskPolicy;
}

/**
 * What the contract leaves open: which of several ready threads and DPCs runs, who overtakes whom during a kernel call,
 * and whether a call completes inline. Drivers must work with all of it.
 */
export const variedMachine = (choices: Choices): VariedMachine => ({
  schedule: {
    pick: (waiting) =>
      choices.pick('order', waiting, 0.6, (way) => `number ${way + 1} of ${waiting} that wait runs first`),
    switchNow: (place) => choices.chance('switch', 0.3, () => `another processor runs ${whereIs(place())}`),
  },
  policy: { completeInline: (call) => choices.chance('inline', 0.4, `${call} completes before it returns`) },
});

const whereIs = (place: string): string => (place === '' ? 'during a kernel call' : `within the call at ${place}`);

/**
 * Makes allocations fail: each place of the driver that allocates has its chance when it first does so, and a small one
 * later. Where places are not known, as in TypeScript, each allocation counts as one.
 *
 * @param places told each place, and whether it failed
 */
export const variedMemory = (choices: Choices, places: Map<string, boolean>) => {
  let nameless = 0;
  return (placeOf: () => string): boolean => {
    const place = placeOf() || `allocation ${++nameless}`;
    const fails = choices.chance('memory', places.has(place) ? 0.03 : 0.3, `no memory at ${place}`);
    places.set(place, (places.get(place) ?? false) || fails);
    return !fails;
  };
};
