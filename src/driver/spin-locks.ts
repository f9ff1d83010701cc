import {
  BugCheckCode,
  DISPATCH_LEVEL,
  type Kernel,
  type KernelRoutine,
  KernelThread,
  SUSPEND,
} from '../kernel/index.ts';
import type { GuestMemory } from './guest-memory.ts';
import type { Activity } from './routine.ts';

interface Held {
  readonly holder: Activity;
  readonly waiters: Activity[];
}

/**
 * KSPIN_LOCKs of a driver. A zeroed ULONG_PTR is a free lock, as in Windows, so only those that are held are known here.
 * On another processor, where a switch point has let somebody else run, they make that one wait.
 */
export class SpinLocks {
  private readonly kernel: Kernel;
  private readonly memory: GuestMemory;
  private readonly held = new Map<number, Held>();

  constructor(kernel: Kernel, memory: GuestMemory) {
    this.kernel = kernel;
    this.memory = memory;
  }

  /** Takes the lock; the caller has raised the IRQL. R36: by its holder again it would spin for ever. */
  *acquire(address: number, activity: Activity, call: string): KernelRoutine<void> {
    this.memory.check(address, 4, true, call);
    for (;;) {
      const held = this.held.get(address);
      if (held === undefined) break;
      if (held.holder === activity) {
        const message = `${call} on a spin lock that the caller holds already: it would spin for ever`;
        this.kernel.bugCheck(BugCheckCode.SPIN_LOCK_ALREADY_OWNED, address, 'R36', message);
      }
      held.waiters.push(activity);
      yield SUSPEND;
    }
    this.held.set(address, { holder: activity, waiters: [] });
    this.memory.write32(address, 1);
  }

  /** Takes the lock if it is free. */
  tryAcquire(address: number, activity: Activity, call: string): boolean {
    this.memory.check(address, 4, true, call);
    if (this.held.has(address)) return false;
    this.held.set(address, { holder: activity, waiters: [] });
    this.memory.write32(address, 1);
    return true;
  }

  release(address: number, call: string): void {
    this.memory.check(address, 4, true, call);
    const held = this.held.get(address);
    if (held === undefined) {
      const message = `${call} on a spin lock that nobody holds`;
      this.kernel.bugCheck(BugCheckCode.SPIN_LOCK_NOT_OWNED, address, 'R38', message);
    }
    if (this.kernel.irql < DISPATCH_LEVEL) {
      const message = `${call} at IRQL ${this.kernel.irql}: a spin lock is held and released at DISPATCH_LEVEL`;
      this.kernel.bugCheck(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x32, 'R38', message);
    }
    this.held.delete(address);
    this.memory.write32(address, 0);
    for (const waiter of held.waiters) {
      if (waiter instanceof KernelThread) this.kernel.scheduler.makeReady(waiter);
      else waiter.wake();
    }
  }

  /** Locks that somebody holds. */
  get count(): number {
    return this.held.size;
  }
  isHeldBy(activity: Activity): boolean {
    for (const { holder } of this.held.values()) if (holder === activity) return true;
    return false;
  }
}
