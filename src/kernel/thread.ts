import { type NTSTATUS, OpenWskError, STATUS_SUCCESS, STATUS_TIMEOUT } from '../base/index.ts';
import type { EventHandle, EventTarget } from '../time/index.ts';
import { RecordKind } from '../trace/index.ts';
import { BugCheckCode } from './bug-check.ts';
import { DispatcherObject } from './dispatcher-object.ts';
import { type KIRQL, PASSIVE_LEVEL } from './irql.ts';
import type { Kernel } from './kernel.ts';

/** What a waiting kernel function yields; threads hand it on with `yield*` and never yield anything else. */
export interface Suspension {
  readonly waits: true;
}
export const SUSPEND: Suspension = Object.freeze({ waits: true });

/** Code that may wait: the body of a thread, or a kernel function called with `yield*`. */
export type KernelRoutine<T> = Generator<Suspension, T, void>;

const TIMEOUT = 1;
const NOTHING: readonly DispatcherObject[] = Object.freeze([]);

/** KeWaitForMultipleObjects adds the object's index. */
export const STATUS_WAIT_0: NTSTATUS = 0;

/** Takes all the objects if each is signalled for the thread, else none. @returns whether it did */
export const takeAll = (objects: readonly DispatcherObject[], thread: KernelThread | null): boolean => {
  for (const object of objects) if (!object.isSignalledFor(thread)) return false;
  for (const object of objects) object.take(thread);
  return true;
};

/** A kernel thread: a generator that runs until a kernel function has to wait. It is signalled when it ends. */
export class KernelThread extends DispatcherObject implements EventTarget {
  readonly id: number;
  readonly name: string;
  /** Mutexes (KMUTEX) that the thread owns. */
  mutexesHeld = 0;
  /** How often normal kernel APCs are disabled (critical regions, mutexes), and all APCs (guarded regions). */
  kernelApcDisable = 0;
  specialApcDisable = 0;
  /** Status that the present wait ends with. */
  waitStatus: NTSTATUS = STATUS_SUCCESS;
  /** It is on a processor. */
  isRunning = false;
  /** What it is about to wait for is there already. */
  isWoken = false;
  private readonly kernel: Kernel;
  private readonly body: KernelRoutine<unknown>;
  private irql: KIRQL = PASSIVE_LEVEL;
  private waitingFor: readonly DispatcherObject[] = NOTHING;
  private waitsForAll = false;
  private timeout: EventHandle = 0;

  constructor(kernel: Kernel, name: string, body: KernelRoutine<unknown>) {
    super();
    this.kernel = kernel;
    this.id = kernel.newId();
    this.name = name;
    this.body = body;
    this.record(1);
    kernel.scheduler.makeReady(this);
  }

  /** Suspends the thread until `object` is signalled or the deadline (nanoseconds, Infinity for none) has come. */
  beginWait(object: DispatcherObject | null, deadline: number): void {
    this.beginWaits(object === null ? NOTHING : [object], false, deadline);
  }

  /** The same for one of several objects, or for all of them at a time. */
  beginWaits(objects: readonly DispatcherObject[], all: boolean, deadline: number): void {
    this.waitingFor = objects;
    this.waitsForAll = all;
    for (const { waiters } of objects) if (!waiters.includes(this)) waiters.push(this);
    this.timeout =
      deadline === Number.POSITIVE_INFINITY ? 0 : this.kernel.executor.schedule(deadline, this, TIMEOUT, 0);
  }

  /** Ends the wait if this object, which is signalled, was all that it needed. @returns whether it did */
  tryEndWait(object: DispatcherObject): boolean {
    const objects = this.waitingFor;
    if (!this.waitsForAll) {
      object.take(this);
      this.endWait(STATUS_WAIT_0 + Math.max(objects.indexOf(object), 0));
      return true;
    }
    if (!takeAll(objects, this)) return false;
    this.endWait(STATUS_WAIT_0);
    return true;
  }

  /** Ends the wait: the thread is ready to run. */
  endWait(status: NTSTATUS): void {
    this.waitStatus = status;
    for (const { waiters } of this.waitingFor) {
      // An object that was initialized again has forgotten who waits for it.
      const index = waiters.indexOf(this);
      if (index >= 0) waiters.splice(index, 1);
    }
    this.waitingFor = NOTHING;
    if (this.timeout !== 0) this.kernel.executor.cancel(this.timeout);
    this.timeout = 0;
    this.kernel.scheduler.makeReady(this);
  }

  /** The timeout of the present wait has come. */
  onEvent(): void {
    this.timeout = 0;
    this.endWait(this.waitingFor.length === 0 ? STATUS_SUCCESS : STATUS_TIMEOUT);
  }

  /** Runs the thread until it waits again or ends. Only the scheduler calls this. */
  resume(): void {
    const { kernel } = this;
    const outer = { irql: kernel.irql, thread: kernel.thread, nestedCompletions: kernel.nestedCompletions };
    kernel.irql = this.irql;
    kernel.thread = this;
    kernel.nestedCompletions = 0;
    this.isRunning = true;
    try {
      const step = this.body.next();
      this.irql = kernel.irql;
      if (step.done) this.ended();
      else if (step.value !== SUSPEND) throw notAWait();
    } catch (error) {
      kernel.caught(error);
    } finally {
      this.isRunning = false;
      kernel.irql = outer.irql;
      kernel.thread = outer.thread;
      kernel.nestedCompletions = outer.nestedCompletions;
    }
    if (!this.isWoken) return;
    this.isWoken = false;
    if (!this.signalled) kernel.scheduler.makeReady(this);
  }

  private ended(): void {
    this.record(0);
    if (this.mutexesHeld > 0) {
      const message = `the thread ${this.name} ended while it held ${this.mutexesHeld} mutex(es): KeReleaseMutex first`;
      this.kernel.bugCheck(BugCheckCode.THREAD_TERMINATE_HELD_MUTEX, this.id, null, message);
    }
    this.signal(true);
  }

  private record(begin: 0 | 1): void {
    const { trace, machine } = this.kernel;
    trace?.record(RecordKind.Thread, machine, trace.intern(this.name), this.id, begin, 0);
  }
}

const notAWait = (): OpenWskError =>
  new OpenWskError(
    'OWSK_NOT_A_WAIT',
    'a kernel thread may only wait through "yield* KeWaitForSingleObject(…)" and its like',
  );

/**
 * Starts a thread, which runs once the caller waits or ends, or on another processor before. IRQL PASSIVE_LEVEL. Parameters are fewer than in C.
 * @param StartRoutine a generator function: the thread's body
 * @returns the thread itself, which can be waited for, where C gives a handle
 *
 * Source: wdm.h reference, PsCreateSystemThread.
 */
export const PsCreateSystemThread = (
  kernel: Kernel,
  StartRoutine: (StartContext: unknown) => KernelRoutine<void>,
  StartContext: unknown = null,
): KernelThread => {
  kernel.assertAlive();
  const thread = new KernelThread(kernel, StartRoutine.name || 'system thread', StartRoutine(StartContext));
  kernel.scheduler.switchPoint();
  return thread;
};
