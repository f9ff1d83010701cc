import { BugCheckCode, DISPATCH_LEVEL, type KernelRoutine, KernelThread, SUSPEND } from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import type { Activity } from './routine.ts';
import { AddressTable } from './thread-lock.ts';

interface Held {
  writer: Activity | null;
  readonly readers: Map<Activity, number>;
  readonly waiting: Activity[];
}

/** EX_SPIN_LOCKs of a driver: spun for by one writer or several readers. A zeroed LONG is a free one. */
export class SharedSpinLocks {
  private readonly guest: Guest;
  private readonly held: AddressTable<Held>;

  constructor(guest: Guest) {
    this.guest = guest;
    this.held = new AddressTable(guest, 'shared spin locks');
  }

  /** Takes the lock; the caller has raised the IRQL. R36: a writer that takes it again would spin for ever. */
  *acquire(address: number, exclusive: boolean, call: string): KernelRoutine<void> {
    const { guest } = this;
    const { activity } = guest;
    guest.memory.check(address, 4, true, call);
    for (;;) {
      const held = this.held.at(address) ?? this.held.set(address, { writer: null, readers: new Map(), waiting: [] });
      if (held.writer === activity || (exclusive && held.readers.has(activity))) this.alreadyOwned(address, call);
      if (held.writer === null && (!exclusive || held.readers.size === 0)) {
        if (exclusive) held.writer = activity;
        else held.readers.set(activity, (held.readers.get(activity) ?? 0) + 1);
        this.show(address, held);
        return;
      }
      held.waiting.push(activity);
      yield SUSPEND;
    }
  }

  release(address: number, exclusive: boolean, call: string): void {
    const { guest } = this;
    const { activity, kernel } = guest;
    guest.memory.check(address, 4, true, call);
    const held = this.heldBy(activity, address, exclusive, call);
    if (kernel.irql < DISPATCH_LEVEL) {
      const message = `${call} at IRQL ${kernel.irql}: a spin lock is held and released at DISPATCH_LEVEL`;
      kernel.bugCheck(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x32, 'R38', message);
    }
    if (exclusive) held.writer = null;
    else {
      const count = held.readers.get(activity)!;
      if (count > 1) held.readers.set(activity, count - 1);
      else held.readers.delete(activity);
    }
    this.wake(address, held);
  }

  private heldBy(activity: Activity, address: number, exclusive: boolean, call: string): Held {
    const held = this.held.at(address);
    if (held !== null && (exclusive ? held.writer === activity : held.readers.has(activity))) return held;
    const message = `${call} on a spin lock that the caller does not hold that way`;
    return this.guest.kernel.bugCheck(BugCheckCode.SPIN_LOCK_NOT_OWNED, address, 'R38', message);
  }

  /** A reader that is the only one becomes the writer. @returns whether it did */
  tryConvert(address: number): boolean {
    const held = this.held.at(address);
    const { activity } = this.guest;
    if (held === null || held.readers.get(activity) !== 1 || held.readers.size > 1) return false;
    held.readers.clear();
    held.writer = activity;
    this.show(address, held);
    return true;
  }

  /** Locks that somebody holds. */
  get count(): number {
    return this.held.size;
  }

  forget(address: number, size: number): void {
    const busy = this.held.forget(address, size, () => true);
    if (busy === null) return;
    const message = 'memory was freed with a spin lock in it that is held';
    this.guest.kernel.bugCheck(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1006, 'R38', message);
  }

  private wake(address: number, held: Held): void {
    this.show(address, held);
    if (held.writer === null && held.readers.size === 0) this.held.delete(address);
    for (const waiter of held.waiting.splice(0)) {
      if (waiter instanceof KernelThread) this.guest.kernel.scheduler.makeReady(waiter);
      else waiter.wake();
    }
  }

  /** Bit 31 for a writer, else the number of readers, as in Windows. */
  private show(address: number, { writer, readers }: Held): void {
    let count = 0;
    for (const times of readers.values()) count += times;
    this.guest.memory.write32(address, writer === null ? count : 0x8000_0000 | 0);
  }

  private alreadyOwned(address: number, call: string): never {
    const message = `${call} on a spin lock that the caller holds already: it would spin for ever`;
    return this.guest.kernel.bugCheck(BugCheckCode.SPIN_LOCK_ALREADY_OWNED, address, 'R36', message);
  }
}
