import { BugCheckCode } from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import type { Routine } from './routine.ts';

/** R11, R38: a routine leaves the IRQL as it was, and no spin lock behind. @param irql at which it was called */
export const mustReturnAsCalled = (guest: Guest, fn: number, routine: Routine, irql: number): void => {
  const { kernel, locks, irqlChanged } = guest;
  const code = BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION;
  if (routine.thread === null && locks.isHeldOnlyBy(routine)) {
    const message = `${guest.functions.nameOf(fn)} returns with a spin lock held: nobody can take it any more`;
    kernel.bugCheck(code, 0x32, 'R38', message, undefined, { frames: locks.acquiredBy(routine) });
  }
  if (kernel.irql === irql) return;
  const message = `${guest.functions.nameOf(fn)} was called at IRQL ${irql} and returns at IRQL ${kernel.irql}`;
  const frames = irqlChanged === null ? [] : guest.places.frames(irqlChanged);
  kernel.bugCheck(code, 0xfa, 'R11', message, undefined, { parameters: [0, irql, kernel.irql], frames });
};
