import { BugCheckCode, type KEVENT } from '../kernel/index.ts';
import type { ExTimer } from './exports/ex-timer-exports.ts';
import type { Guest } from './guest.ts';
import { Handles } from './handles.ts';
import type { HostServices } from './host-services.ts';
import { Registry } from './registry.ts';
import { RundownTable } from './rundown.ts';
import { SharedSpinLocks } from './shared-spin-locks.ts';
import { AddressTable, type ThreadLock } from './thread-lock.ts';
import { WorkItems } from './work-items.ts';

/** What a driver has of the executive besides pool and events: locks that threads wait for, work items, rundown. */
export class Executive {
  /** FAST_MUTEX and KGUARDED_MUTEX. */
  readonly mutexes: AddressTable<ThreadLock>;
  readonly pushLocks: AddressTable<ThreadLock>;
  /** ERESOURCEs, from ExInitializeResourceLite to ExDeleteResourceLite. */
  readonly resources: AddressTable<ThreadLock>;
  readonly spinLocks: SharedSpinLocks;
  /** Of IoAllocateDriverObjectExtension: address by the client's identification. */
  readonly driverExtensions = new Map<number, number>();
  readonly namedEvents = new Map<string, { readonly event: KEVENT; readonly address: number }>();
  readonly timers = new Map<number, ExTimer>();
  readonly rundown: RundownTable;
  readonly registry: Registry;
  /** What BCrypt… has given out. */
  readonly cryptoHandles = new Handles();
  readonly services: HostServices;
  readonly workItems: WorkItems;
  private readonly guest: Guest;

  private readonly texts = new Map<string, number>();

  constructor(guest: Guest, services: HostServices) {
    this.guest = guest;
    this.mutexes = new AddressTable(guest, 'fast mutexes');
    this.pushLocks = new AddressTable(guest, 'push locks');
    this.resources = new AddressTable(guest, 'resources');
    this.spinLocks = new SharedSpinLocks(guest);
    this.rundown = new RundownTable(guest);
    this.workItems = new WorkItems(guest);
    this.registry = new Registry(services.registry ?? {});
    this.services = services;
  }

  /** Bytes of chance; the same in each run of the same seed, unless the host gives others. */
  randomBytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    this.services.random?.(bytes);
    return bytes;
  }

  /** The address of a NUL-terminated text that the driver may keep. */
  text(text: string): number {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    const address = this.guest.allocateInternal(text.length + 1);
    this.guest.memory.raw(address, text.length + 1).set(new TextEncoder().encode(`${text}\0`));
    this.texts.set(text, address);
    return address;
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
