import type { Kernel, KernelRoutine, KernelThread } from '../kernel/index.ts';
import type { EventTarget } from '../time/index.ts';
import type { Activation } from './activation.ts';

/** Who runs: a thread, or a routine (DPC, completion routine, callback) that runs in none. Holds spin locks. */
export type Activity = KernelThread | Routine;

const STEP = 1;

/**
 * One run of a routine of the driver. Most end where they began; one that has to wait for a spin lock that another
 * processor holds is resumed by its release.
 */
export class Routine implements EventTarget {
  readonly kernel: Kernel;
  /** The thread in which it runs, as a completion inside a call does; null on a processor at DISPATCH_LEVEL. */
  readonly thread: KernelThread | null;
  /** The routine inside one of whose calls it runs, and which goes on only after it. */
  readonly caller: Routine | null;
  finished = false;
  /** Woken, and not yet run. */
  ready = false;
  private readonly host: { routine: Routine | null };
  private readonly body: KernelRoutine<number> | Activation;
  private readonly done: (result: number, routine: Routine) => void;

  constructor(
    kernel: Kernel,
    thread: KernelThread | null,
    host: { routine: Routine | null },
    body: KernelRoutine<number> | Activation,
    done: (result: number, routine: Routine) => void,
    caller: Routine | null = null,
  ) {
    this.caller = caller;
    this.kernel = kernel;
    this.thread = thread;
    this.host = host;
    this.body = body;
    this.done = done;
  }

  /** Runs until it waits or ends. @returns whether it has ended */
  step(): boolean {
    const { host } = this;
    const outer = host.routine;
    if (this.thread === null) host.routine = this;
    this.ready = false;
    let step: IteratorResult<unknown, number>;
    try {
      step = this.body.next();
    } finally {
      host.routine = outer;
    }
    if (!step.done) return false;
    this.finished = true;
    this.done(step.value, this);
    return true;
  }

  /** What it waited for is there. */
  wake(): void {
    this.ready = true;
    if (this.thread === null) this.kernel.executor.post(this, 0, 0);
    else this.kernel.scheduler.makeReady(this.thread);
  }

  onEvent(kind: number): void {
    if (!this.ready) return;
    if (kind === STEP) this.step();
    else this.kernel.runAtDispatch(this, STEP, 0);
  }
}
