import { BugCheckCode, type DispatcherObject, KDPC, KEVENT, type Kernel, KMUTANT, KTIMER } from '../kernel/index.ts';
import type { GuestMemory } from './guest-memory.ts';
import { DISPATCHER_HEADER as Header, ObjectType } from './layout.ts';
import { mostObjects, tooMany } from './object-limit.ts';

/** The kernel objects that lie in a driver's memory, by their addresses. */
export class ObjectTable {
  private readonly kernel: Kernel;
  private readonly memory: GuestMemory;
  private readonly most: number;
  private readonly waitable = new Map<number, DispatcherObject>();
  private readonly dpcs = new Map<number, KDPC>();
  /** Where timers were last set. */
  private readonly timerSets = new Map<KTIMER, Error>();

  constructor(kernel: Kernel, memory: GuestMemory) {
    this.kernel = kernel;
    this.memory = memory;
    this.most = mostObjects(memory);
  }

  /** From now on this object lies at `address`, in the place of whatever did, and shows its state there. */
  place(address: number, object: DispatcherObject, type: number, size: number): void {
    this.memory.fill(address, Header.size, 0);
    this.memory.write8(address + Header.Type, type);
    this.memory.write8(address + Header.Size, size / 4);
    this.waitable.set(address, object);
    object.onState = () => this.memory.write32(address + Header.SignalState, object.signalState);
    if (this.waitable.size > this.most) tooMany(this.kernel, 'events, timers and other objects to wait for');
  }

  placeEvent(address: number): KEVENT {
    const event = new KEVENT();
    this.place(address, event, ObjectType.NotificationEvent, Header.size);
    return event;
  }

  placeDpc(address: number): KDPC {
    const dpc = new KDPC();
    this.dpcs.set(address, dpc);
    if (this.dpcs.size > this.most) tooMany(this.kernel, 'DPCs');
    return dpc;
  }

  /** The object at an address, of the class that the call needs. A bug check when it was never initialized there. */
  at<T extends DispatcherObject>(address: number, type: abstract new (...parameters: never[]) => T, call: string): T {
    this.memory.check(address, Header.size, true, call);
    const object = this.waitable.get(address);
    if (object instanceof type) return object;
    return this.uninitialized(address, call, object === undefined ? 'nothing' : 'an object of another kind');
  }

  dpcAt(address: number, call: string): KDPC {
    this.memory.check(address, 4, true, call);
    return this.dpcs.get(address) ?? this.uninitialized(address, call, 'nothing');
  }

  /** A timer is set, here in the driver's source. */
  timerSet(timer: KTIMER, where: Error): void {
    this.timerSets.set(timer, where);
  }

  /** Timers that are set: where that was done. */
  get timers(): (Error | null)[] {
    const set = [...this.waitable.values()].filter((object) => object instanceof KTIMER && object.isSet);
    return set.map((timer) => this.timerSets.get(timer as KTIMER) ?? null);
  }

  /** Whether there is an object that can be waited for. */
  find(address: number): DispatcherObject | null {
    return this.waitable.get(address) ?? null;
  }

  /** The memory is given up: what lay in it is gone. @returns the objects that were in use still */
  forget(address: number, size: number): { address: number; object: DispatcherObject | KDPC }[] {
    const busy: { address: number; object: DispatcherObject | KDPC }[] = [];
    if (this.waitable.size + this.dpcs.size === 0) return busy;
    for (const [at, object] of this.waitable) {
      if (at < address || at >= address + size) continue;
      if (isBusy(object)) busy.push({ address: at, object });
      this.waitable.delete(at);
    }
    for (const [at, dpc] of this.dpcs) {
      if (at < address || at >= address + size) continue;
      if (dpc.isQueued) busy.push({ address: at, object: dpc });
      this.dpcs.delete(at);
    }
    return busy;
  }

  private uninitialized(address: number, call: string, found: string): never {
    return this.kernel.bugCheck(
      BugCheckCode.IRQL_NOT_LESS_OR_EQUAL,
      address,
      null,
      `${call} at 0x${address.toString(16)}, where ${found} was initialized: call the KeInitialize… function first`,
    );
  }
}

const isBusy = (object: DispatcherObject): boolean =>
  object.waiters.length > 0 ||
  (object instanceof KTIMER && object.isSet) ||
  (object instanceof KMUTANT && object.owner !== null);
