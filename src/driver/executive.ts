import { BugCheckCode } from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import { RundownTable } from './rundown.ts';
import { SharedSpinLocks } from './shared-spin-locks.ts';
import { AddressTable, type ThreadLock } from './thread-lock.ts';
import { WorkItems } from './work-items.ts';

/** What a driver has of the executive besides pool and events: locks that threads wait for, work items, rundown. */
export class Executive {
  /** FAST_MUTEX and KGUARDED_MUTEX. */
  readonly mutexes = new AddressTable<ThreadLock>();
  readonly pushLocks = new AddressTable<ThreadLock>();
  /** ERESOURCEs, from ExInitializeResourceLite to ExDeleteResourceLite. */
  readonly resources = new AddressTable<ThreadLock>();
  readonly spinLocks: SharedSpinLocks;
  readonly rundown: RundownTable;
  readonly workItems: WorkItems;
  private readonly guest: Guest;

  constructor(guest: Guest) {
    this.guest = guest;
    this.spinLocks = new SharedSpinLocks(guest);
    this.rundown = new RundownTable(guest);
    this.workItems = new WorkItems(guest);
  }

  /** The memory is given up: what lies in it is gone. A bug check for what is in use. */
  forget(address: number, size: number, call: string): void {
    const inUse = (lock: ThreadLock): boolean => !lock.isFree || lock.isWaitedFor;
    this.spinLocks.forget(address, size);
    const violation = BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION;
    const resource = this.resources.forget(address, size, () => true);
    if (resource !== null) {
      const message = `${call} of memory with a resource (ERESOURCE) in it: ExDeleteResourceLite first`;
      this.guest.kernel.bugCheck(violation, 0x17, null, message);
    }
    const held = this.mutexes.forget(address, size, inUse) ?? this.pushLocks.forget(address, size, inUse);
    if (held === null) return;
    const message = `${call} of memory with a lock in it that somebody holds or waits for`;
    this.guest.kernel.bugCheck(violation, 0x1006, null, message);
  }
}
