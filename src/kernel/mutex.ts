import { BugCheckCode } from './bug-check.ts';
import { DispatcherObject } from './dispatcher-object.ts';
import type { Kernel } from './kernel.ts';
import type { KernelThread } from './thread.ts';

/** What KeReleaseMutex raises for a thread that does not own the mutex. */
export const STATUS_MUTANT_NOT_OWNED = 0xc0000046 | 0;

/**
 * KMUTANT, which wdm.h calls KMUTEX: owned by the thread whose wait for it has ended, as often as it has waited.
 * Its owner runs with normal kernel APCs disabled.
 */
export class KMUTANT extends DispatcherObject {
  owner: KernelThread | null = null;

  initialize(): void {
    this.disown();
    this.waiters.length = 0;
    this.signalState = 1;
  }
  override isSignalledFor(thread: KernelThread | null): boolean {
    return this.signalled || (thread !== null && this.owner === thread);
  }
  override take(thread: KernelThread | null): void {
    if (this.owner === null && thread !== null) {
      thread.mutexesHeld++;
      thread.kernelApcDisable++;
      this.owner = thread;
    }
    this.signalState -= 1;
  }
  /** Gives it back once. @returns the state before: 0 when it is free now, below when it is still owned */
  giveBack(): number {
    const was = this.signalState;
    if (was === 0) this.disown();
    this.signalState = was + 1;
    this.release();
    return was;
  }
  private disown(): void {
    if (this.owner === null) return;
    this.owner.mutexesHeld--;
    this.owner.kernelApcDisable--;
    this.owner = null;
  }
}
export { KMUTANT as KMUTEX };

/** Makes a mutex ready for use, owned by nobody. @param _Level 0. Any IRQL. Source: wdm.h reference, KeInitializeMutex. */
export const KeInitializeMutex = (_kernel: Kernel, Mutex: KMUTANT, _Level: number): void => {
  Mutex.initialize();
};

/**
 * Gives a mutex back that the calling thread owns. IRQL <= DISPATCH_LEVEL.
 * @param _Wait ignored: FALSE is right nearly always
 * @returns 0 when it is free now; below 0 when the thread has waited for it more often
 *
 * By another thread it raises STATUS_MUTANT_NOT_OWNED: bug check 0x1E here. Source: wdm.h reference, KeReleaseMutex.
 */
export const KeReleaseMutex = (kernel: Kernel, Mutex: KMUTANT, _Wait: boolean): number => {
  kernel.assertAlive();
  if (Mutex.owner === null || Mutex.owner !== kernel.thread) {
    const message = 'KeReleaseMutex by a thread that does not own the mutex';
    const raised = STATUS_MUTANT_NOT_OWNED >>> 0;
    kernel.bugCheck(BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, raised, null, message);
  }
  const was = Mutex.giveBack();
  kernel.scheduler.switchPoint();
  return was;
};

/** @returns 1 when the mutex is free. IRQL <= DISPATCH_LEVEL. Source: wdm.h reference, KeReadStateMutex. */
export const KeReadStateMutex = (_kernel: Kernel, Mutex: KMUTANT): number => Mutex.signalState;
