import type { KernelThread } from './thread.ts';

/** An object that threads can wait for: an event, a timer, a semaphore, a mutex or a thread. */
export abstract class DispatcherObject {
  private state = 0;
  /** Threads that wait for this object, the longest wait first. */
  readonly waiters: KernelThread[] = [];
  /** TRUE for synchronization objects: one waiter takes the signal. */
  protected autoReset = false;
  /** Told when the state has changed: an object that lies in a driver's memory shows it there. */
  onState: (() => void) | null = null;

  /** DISPATCHER_HEADER.SignalState: above 0 the object is signalled. A semaphore counts here. */
  get signalState(): number {
    return this.state;
  }
  set signalState(state: number) {
    this.state = state;
    this.onState?.();
  }
  get signalled(): boolean {
    return this.state > 0;
  }
  set signalled(signalled: boolean) {
    this.signalState = signalled ? 1 : 0;
  }

  /** Whether a wait of this thread (null: of code in no thread) would end at once. */
  isSignalledFor(_thread: KernelThread | null): boolean {
    return this.signalled;
  }

  /** What a wait that ends does to the object. */
  take(_thread: KernelThread | null): void {
    if (this.autoReset) this.signalled = false;
  }

  /** Takes the signal if there is one. @returns whether there was */
  tryAcquire(thread: KernelThread | null): boolean {
    if (!this.isSignalledFor(thread)) return false;
    this.take(thread);
    return true;
  }

  /** Signals the object and wakes whom that releases. @returns whether it was signalled already */
  signal(state: boolean): boolean {
    const was = this.signalled;
    this.signalled = state;
    this.release();
    return was;
  }

  /** Ends the waits that the object's state allows to end, the longest first. */
  protected release(): void {
    // A thread whose wait ends leaves the list; one that waits for other objects too may have to go on waiting.
    for (let i = 0; i < this.waiters.length && this.signalled; ) if (!this.waiters[i].tryEndWait(this)) i++;
  }
}
