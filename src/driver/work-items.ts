import { BugCheckCode, type KernelRoutine, KernelThread, PASSIVE_LEVEL } from '../kernel/index.ts';
import type { Guest } from './guest.ts';

/** An IO_WORKITEM in a driver's memory. */
export interface WorkItem {
  readonly address: number;
  /** PDEVICE_OBJECT or PDRIVER_OBJECT. */
  readonly ioObject: number;
  /** From IoAllocateWorkItem, which IoFreeWorkItem ends; else in memory of the driver's own. */
  readonly allocated: boolean;
  queued: boolean;
}

/**
 * Work that a driver hands to the system's worker threads. Each item runs in a thread of its own at PASSIVE_LEVEL:
 * Windows has a number of worker threads that grows when they all wait, so that items run side by side there too.
 */
export class WorkItems {
  readonly items = new Map<number, WorkItem>();
  /** Items that wait for a worker thread or run. */
  unfinished = 0;
  private readonly guest: Guest;

  constructor(guest: Guest) {
    this.guest = guest;
  }

  place(address: number, ioObject: number, allocated: boolean): void {
    this.items.set(address, { address, ioObject, allocated, queued: false });
  }

  at(address: number, call: string): WorkItem {
    const { memory, kernel } = this.guest;
    memory.check(address, 4, true, call);
    const item = this.items.get(address);
    if (item !== undefined) return item;
    const message = `${call} on 0x${address.toString(16)}, which is no work item`;
    return kernel.bugCheck(BugCheckCode.WORKER_INVALID, 2, null, message);
  }

  /** An item is queued once only: it may be queued again when its routine has begun. */
  mustBeIdle(queued: boolean, parameter1: 0 | 1, call: string): void {
    if (!queued) return;
    const message = `${call} of a work item that is still queued: its routine has to begin first`;
    this.guest.kernel.bugCheck(BugCheckCode.WORKER_INVALID, parameter1, null, message);
  }

  /** Runs a routine of the driver in a worker thread. @param begins told when the item leaves the queue */
  start(routine: number, args: readonly number[], begins: () => void): void {
    const { guest } = this;
    const { kernel } = guest;
    this.unfinished++;
    const name = `worker: ${guest.functions.nameOf(routine)}`;
    new KernelThread(kernel, name, this.body(routine, args, begins));
    kernel.scheduler.switchPoint();
  }

  private *body(routine: number, args: readonly number[], begins: () => void): KernelRoutine<void> {
    const { guest } = this;
    const { kernel } = guest;
    begins();
    yield* guest.calls.call(routine, args);
    this.unfinished--;
    const { irql } = kernel;
    if (irql === PASSIVE_LEVEL) return;
    const message = `the work item routine ${guest.functions.nameOf(routine)} returned at IRQL ${irql}`;
    kernel.bugCheck(BugCheckCode.WORKER_THREAD_RETURNED_AT_BAD_IRQL, routine, null, message);
  }
}
