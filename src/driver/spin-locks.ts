import {
  BugCheckCode,
  DISPATCH_LEVEL,
  type Kernel,
  type KernelRoutine,
  KernelThread,
  type SourceFrame,
  SUSPEND,
} from '../kernel/index.ts';
import type { GuestMemory } from './guest-memory.ts';
import { LockOrder } from './lock-order.ts';
import type { Places } from './places.ts';
import { type Activity, Routine } from './routine.ts';

interface Held {
  readonly holder: Activity;
  readonly waiters: Activity[];
  /** Where it was taken. */
  readonly where: Error;
}

/** Whether `holder` goes on only when `activity` has ended: it is the same, or has called it. */
const isCallerOf = (holder: Activity, activity: Activity): boolean => {
  for (let at: Activity | null = activity; at !== null; at = at instanceof Routine ? at.caller : null)
    if (at === holder) return true;
  return false;
};

/**
 * KSPIN_LOCKs of a driver. A zeroed ULONG_PTR is a free lock, as in Windows, so only those that are held are known here.
 * On another processor, where a switch point has let somebody else run, they make that one wait.
 */
export class SpinLocks {
  private readonly kernel: Kernel;
  private readonly memory: GuestMemory;
  private readonly places: Places;
  private readonly order: LockOrder;
  private readonly held = new Map<number, Held>();

  constructor(kernel: Kernel, memory: GuestMemory, places: Places) {
    this.kernel = kernel;
    this.memory = memory;
    this.places = places;
    this.order = new LockOrder(kernel, places);
  }

  /** Takes the lock; the caller has raised the IRQL. R36: by its holder again it would spin for ever. */
  *acquire(address: number, activity: Activity, call: string): KernelRoutine<void> {
    this.memory.check(address, 4, true, call);
    const own = this.heldBy(activity);
    if (own.length > 0) this.order.take(own, address);
    for (;;) {
      const held = this.held.get(address);
      if (held === undefined) break;
      if (isCallerOf(held.holder, activity)) {
        const message = `${call} on a spin lock that the caller holds already: it would spin for ever`;
        this.kernel.bugCheck(BugCheckCode.SPIN_LOCK_ALREADY_OWNED, address, 'R36', message);
      }
      held.waiters.push(activity);
      yield SUSPEND;
    }
    this.held.set(address, { holder: activity, waiters: [], where: this.places.here() });
    this.memory.write32(address, 1);
  }

  /** Takes the lock if it is free. */
  tryAcquire(address: number, activity: Activity, call: string): boolean {
    this.memory.check(address, 4, true, call);
    if (this.held.has(address)) return false;
    this.held.set(address, { holder: activity, waiters: [], where: this.places.here() });
    this.memory.write32(address, 1);
    return true;
  }

  /** R38: for the functions that do not raise the IRQL. */
  mustBeAtDispatch(call: string): void {
    const { kernel } = this;
    if (kernel.irql >= DISPATCH_LEVEL) return;
    const message = `${call} at IRQL ${kernel.irql}: it is for code that is at DISPATCH_LEVEL already`;
    kernel.bugCheck(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x41, 'R38', message);
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

  /** Memory is given up, or initialized as a new lock. */
  forget(address: number, size: number): void {
    this.order.forget(address, size);
  }

  /** Locks that somebody holds. */
  get count(): number {
    return this.held.size;
  }

  isHeldBy(activity: Activity): boolean {
    for (const { holder } of this.held.values()) if (isCallerOf(holder, activity)) return true;
    return false;
  }

  /** Whether a routine itself, and not one that has called it, holds one. */
  isHeldOnlyBy(routine: Activity): boolean {
    for (const { holder } of this.held.values()) if (holder === routine) return true;
    return false;
  }

  /** Where the first lock that somebody holds was taken, in the driver's source. */
  acquiredBy(activity: Activity): SourceFrame[] {
    for (const { holder, where } of this.held.values()) if (holder === activity) return this.places.frames(where);
    return [];
  }

  /** Every lock that is held, with the place where it was taken. */
  get all(): { readonly address: number; readonly where: Error }[] {
    return [...this.held].map(([address, { where }]) => ({ address, where }));
  }

  private heldBy(activity: Activity): number[] {
    const own: number[] = [];
    for (const [address, { holder }] of this.held) if (isCallerOf(holder, activity)) own.push(address);
    return own;
  }
}
