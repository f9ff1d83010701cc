import { BugCheckCode } from './bug-check.ts';
import { DispatcherObject } from './dispatcher-object.ts';
import type { Kernel } from './kernel.ts';

/** What KeReleaseSemaphore raises when the count would pass the limit. */
export const STATUS_SEMAPHORE_LIMIT_EXCEEDED = 0xc0000047 | 0;

/** KSEMAPHORE: a count; each wait that ends takes one. */
export class KSEMAPHORE extends DispatcherObject {
  limit = 0;

  initialize(count: number, limit: number): void {
    this.limit = limit;
    this.waiters.length = 0;
    this.signalState = count;
  }
  override take(): void {
    this.signalState -= 1;
  }
  /** Whether the limit lets the count grow by as much: an adjustment of 0 or less never is. */
  allows(adjustment: number): boolean {
    return adjustment > 0 && this.signalState + adjustment <= this.limit;
  }
  /** @returns the count before */
  add(adjustment: number): number {
    const was = this.signalState;
    this.signalState = was + adjustment;
    this.release();
    return was;
  }
}

/**
 * Makes a semaphore ready for use.
 * @param Count at first, 0 to Limit  @param Limit the most it may count to, above 0
 *
 * Any IRQL. Source: wdm.h reference, KeInitializeSemaphore.
 */
export const KeInitializeSemaphore = (_kernel: Kernel, Semaphore: KSEMAPHORE, Count: number, Limit: number): void => {
  Semaphore.initialize(Count, Limit);
};

/**
 * Adds to the count and wakes as many waiters. IRQL <= DISPATCH_LEVEL.
 * @param _Wait ignored: FALSE is right nearly always
 * @returns the count before. Past the limit it raises STATUS_SEMAPHORE_LIMIT_EXCEEDED: bug check 0x1E here
 *
 * Source: wdm.h reference, KeReleaseSemaphore.
 */
export const KeReleaseSemaphore = (
  kernel: Kernel,
  Semaphore: KSEMAPHORE,
  _Increment: number,
  Adjustment: number,
  _Wait: boolean,
): number => {
  kernel.assertAlive();
  if (!Semaphore.allows(Adjustment)) {
    const message = `KeReleaseSemaphore by ${Adjustment} at a count of ${Semaphore.signalState}, with the limit ${Semaphore.limit}`;
    const raised = STATUS_SEMAPHORE_LIMIT_EXCEEDED >>> 0;
    kernel.bugCheck(BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, raised, null, message);
  }
  const was = Semaphore.add(Adjustment);
  kernel.scheduler.switchPoint();
  return was;
};

/** @returns the count. Any IRQL. Source: wdm.h reference, KeReadStateSemaphore. */
export const KeReadStateSemaphore = (_kernel: Kernel, Semaphore: KSEMAPHORE): number => Semaphore.signalState;
