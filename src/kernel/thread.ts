import { type NTSTATUS, OpenWskError, STATUS_SUCCESS, STATUS_TIMEOUT } from '../base/index.ts';
import type { EventHandle, EventTarget } from '../time/index.ts';
import { RecordKind } from '../trace/index.ts';
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

/** A kernel thread: a generator that runs until a kernel function has to wait. It is signalled when it ends. */
export class KernelThread extends DispatcherObject implements EventTarget {
  readonly id: number;
  readonly name: string;
  /** Status that the present wait ends with. */
  waitStatus: NTSTATUS = STATUS_SUCCESS;
  private readonly kernel: Kernel;
  private readonly body: KernelRoutine<unknown>;
  private irql: KIRQL = PASSIVE_LEVEL;
  private waitingFor: DispatcherObject | null = null;
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
    this.waitingFor = object;
    object?.waiters.push(this);
    this.timeout =
      deadline === Number.POSITIVE_INFINITY ? 0 : this.kernel.executor.schedule(deadline, this, TIMEOUT, 0);
  }

  /** Ends the wait: the thread is ready to run. */
  endWait(status: NTSTATUS): void {
    this.waitStatus = status;
    this.waitingFor = null;
    if (this.timeout !== 0) this.kernel.executor.cancel(this.timeout);
    this.timeout = 0;
    this.kernel.scheduler.makeReady(this);
  }

  /** The timeout of the present wait has come. */
  onEvent(): void {
    this.timeout = 0;
    const object = this.waitingFor;
    // An object that was initialized again has forgotten who waits for it.
    const index = object === null ? -1 : object.waiters.indexOf(this);
    if (index >= 0) object!.waiters.splice(index, 1);
    this.endWait(object === null ? STATUS_SUCCESS : STATUS_TIMEOUT);
  }

  /** Runs the thread until it waits again or ends. Only the scheduler calls this. */
  resume(): void {
    const { kernel } = this;
    const outer = { irql: kernel.irql, thread: kernel.thread, nestedCompletions: kernel.nestedCompletions };
    kernel.irql = this.irql;
    kernel.thread = this;
    kernel.nestedCompletions = 0;
    try {
      const step = this.body.next();
      this.irql = kernel.irql;
      if (step.done) this.ended();
      else if (step.value !== SUSPEND) throw notAWait();
    } catch (error) {
      kernel.caught(error);
    } finally {
      kernel.irql = outer.irql;
      kernel.thread = outer.thread;
      kernel.nestedCompletions = outer.nestedCompletions;
    }
  }

  private ended(): void {
    this.record(0);
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
