import { BugCheckCode, type Kernel } from '../kernel/index.ts';
import type { GuestMemory } from './guest-memory.ts';

/** Bytes of a driver's memory for each object of a kind that the host keeps something for. */
const BYTES_AN_OBJECT = 64;

/** How many objects of a kind may lie in a driver's memory: the host keeps a few hundred bytes for each. */
export const mostObjects = (memory: GuestMemory): number => memory.limit / BYTES_AN_OBJECT;

/** The functions that initialize objects cannot fail: a driver that covers its memory with them is stopped. */
export const tooMany = (kernel: Kernel, what: string): never => {
  const message = `limit: too many ${what} for this driver's memory: give it more with --guest-memory`;
  return kernel.bugCheck(BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, 0, null, message);
};
