import { STATUS_SUCCESS } from '../base/index.ts';
import { type Kernel, type KernelRoutine, type KernelThread, SUSPEND, waitingThread } from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import { mostObjects, tooMany } from './object-limit.ts';
import type { Activity } from './routine.ts';

interface Waiter {
  readonly thread: KernelThread;
  readonly exclusive: boolean;
  granted: boolean;
}

/**
 * A lock that threads wait for in the order in which they came: by one exclusively, or by several that share it. Fast
 * mutexes, push locks and resources are made of it. Whoever has it is counted, so that it may be taken again where the
 * kind of lock allows that.
 */
export class ThreadLock {
  owner: Activity | null = null;
  /** How often the owner has it. */
  depth = 0;
  /** How often each of those has it that share it. */
  readonly sharers = new Map<Activity, number>();
  private readonly waiters: Waiter[] = [];

  get isFree(): boolean {
    return this.owner === null && this.sharers.size === 0;
  }
  get isWaitedFor(): boolean {
    return this.waiters.length > 0;
  }
  get exclusiveWaiters(): number {
    return this.waiters.filter(({ exclusive }) => exclusive).length;
  }
  get sharedWaiters(): number {
    return this.waiters.length - this.exclusiveWaiters;
  }
  isSharedBy(activity: Activity): boolean {
    return this.sharers.has(activity);
  }

  /** Takes it if that is possible now. @param overtake to share it although somebody waits to have it exclusively */
  tryExclusive(activity: Activity): boolean {
    if (!this.isFree) return false;
    this.owner = activity;
    this.depth = 1;
    return true;
  }
  tryShared(activity: Activity, overtake = false): boolean {
    if (this.owner !== null || (!overtake && this.exclusiveWaiters > 0)) return false;
    this.sharers.set(activity, (this.sharers.get(activity) ?? 0) + 1);
    return true;
  }

  /** Waits until it is handed over. @param first before the others that wait */
  *wait(kernel: Kernel, exclusive: boolean, call: string, first = false): KernelRoutine<void> {
    const thread = waitingThread(kernel, call);
    const waiter: Waiter = { thread, exclusive, granted: false };
    if (first) this.waiters.unshift(waiter);
    else this.waiters.push(waiter);
    thread.beginWait(null, Number.POSITIVE_INFINITY);
    while (!waiter.granted) yield SUSPEND;
  }

  /** Gives it back once, what the owner has exclusively first. @returns whether this activity had it */
  release(activity: Activity): boolean {
    if (this.owner === activity) {
      if (--this.depth === 0) this.owner = null;
    } else {
      const count = this.sharers.get(activity);
      if (count === undefined) return false;
      if (count > 1) this.sharers.set(activity, count - 1);
      else this.sharers.delete(activity);
    }
    this.handOver();
    return true;
  }

  /** The owner goes on sharing it with whoever waits for that. */
  share(): void {
    this.sharers.set(this.owner!, this.depth);
    this.owner = null;
    this.depth = 0;
    this.handOver();
  }

  private handOver(): void {
    while (this.waiters.length > 0) {
      const waiter = this.waiters[0];
      const { thread, exclusive } = waiter;
      if (!(exclusive ? this.tryExclusive(thread) : this.tryShared(thread, true))) return;
      this.waiters.shift();
      waiter.granted = true;
      thread.endWait(STATUS_SUCCESS);
    }
  }
}

/** Locks that lie in a driver's memory, by address; a zeroed one may be known only once it is used. */
export class AddressTable<T> {
  private readonly objects = new Map<number, T>();
  private readonly guest: Guest;
  private readonly what: string;

  /** @param what they are, for people */
  constructor(guest: Guest, what: string) {
    this.guest = guest;
    this.what = what;
  }

  at(address: number): T | null {
    return this.objects.get(address) ?? null;
  }
  set(address: number, object: T): T {
    this.objects.set(address, object);
    if (this.objects.size > mostObjects(this.guest.memory)) tooMany(this.guest.kernel, this.what);
    return object;
  }
  delete(address: number): void {
    this.objects.delete(address);
  }
  values(): IterableIterator<T> {
    return this.objects.values();
  }
  get size(): number {
    return this.objects.size;
  }

  /** The memory is given up. @returns an object in it that `isBusy` says is in use, with its address */
  forget(address: number, size: number, isBusy: (object: T) => boolean): { address: number; object: T } | null {
    if (this.objects.size === 0) return null;
    let busy: { address: number; object: T } | null = null;
    for (const [at, object] of this.objects) {
      if (at < address || at >= address + size) continue;
      if (isBusy(object)) busy ??= { address: at, object };
      this.objects.delete(at);
    }
    return busy;
  }
}
