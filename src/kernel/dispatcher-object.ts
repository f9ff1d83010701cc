import { STATUS_SUCCESS } from '../base/index.ts';
import type { KernelThread } from './thread.ts';

/** An object that threads can wait for: an event, a timer or a thread. */
export abstract class DispatcherObject {
  private state = false;
  /** Threads that wait for this object, the longest wait first. */
  readonly waiters: KernelThread[] = [];
  /** TRUE for synchronization objects: one waiter takes the signal. */
  protected autoReset = false;

  get signalled(): boolean {
    return this.state;
  }
  set signalled(state: boolean) {
    this.state = state;
    this.stateChanged();
  }

  /** For an object that lives in a driver's memory too. */
  protected stateChanged(): void {}

  /** Takes the signal if there is one. @returns whether there was */
  tryAcquire(): boolean {
    if (!this.signalled) return false;
    if (this.autoReset) this.signalled = false;
    return true;
  }

  /** Signals the object and wakes whom that releases. @returns whether it was signalled already */
  signal(state: boolean): boolean {
    const was = this.signalled;
    this.signalled = state;
    while (this.waiters.length > 0 && this.tryAcquire()) this.waiters.shift()!.endWait(STATUS_SUCCESS);
    return was;
  }
}
