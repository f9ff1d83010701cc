import type { EventTarget } from '../time/index.ts';
import type { Kernel } from './kernel.ts';
import type { KernelThread } from './thread.ts';

/** Decides what a real machine leaves open: which ready thread runs next, and who runs during a kernel call. */
export interface Schedule {
  /**
   * Index of the one to run next, of `waiting` ones: ready threads in the order in which they became ready and, during
   * a kernel call, behind them what else another processor could take up, DPCs for example.
   */
  pick(waiting: number): number;
  /** True to let another processor run one of them at this point. @param place the way to its FILE:LINE, '' for TypeScript */
  switchNow(place: () => string): boolean;
}

const firstComeFirstServed: Schedule = { pick: () => 0, switchNow: () => false };

/** Work that is queued at the executor, and that another processor may take up before its turn comes there. */
export interface Overtaker {
  /** Runs the work now; its turn at the executor then passes without effect. */
  overtake(): void;
}

/** Nested switches beyond this add nothing new and would only deepen the JavaScript stack. */
const DEEPEST_SWITCH = 4;

/**
 * One scheduler for TypeScript threads and driver fibers. Each thread that becomes ready posts one event; when it
 * comes, the schedule chooses which of the ready threads gets the processor. As the machine has at least two
 * processors, another thread, a DPC or a completion may also run in the middle of a kernel call (`switchPoint`),
 * whatever the IRQL.
 */
export class Scheduler implements EventTarget {
  private readonly kernel: Kernel;
  private readonly schedule: Schedule;
  /** False under the default schedule, which never switches: then nothing is kept for it. */
  private readonly maySwitch: boolean;
  private readonly ready: KernelThread[] = [];
  private readonly overtakers = new Set<Overtaker>();
  private depth = 0;

  constructor(kernel: Kernel, schedule: Schedule = firstComeFirstServed) {
    this.kernel = kernel;
    this.schedule = schedule;
    this.maySwitch = schedule !== firstComeFirstServed;
  }

  /** A thread that is on a processor still (a routine inside its call waited) comes when it waits itself. */
  makeReady(thread: KernelThread): void {
    if (thread.isRunning) {
      thread.isWoken = true;
      return;
    }
    this.ready.push(thread);
    this.kernel.executor.post(this, 0, 0);
  }

  /** From now on the work may overtake, until `settle`. */
  mayOvertake(work: Overtaker): void {
    if (this.maySwitch) this.overtakers.add(work);
  }

  /** The work's turn has come, or it was taken back. */
  settle(work: Overtaker): void {
    if (this.maySwitch) this.overtakers.delete(work);
  }

  /** Called by kernel functions that another processor could overtake. */
  switchPoint(): void {
    if (!this.maySwitch) return;
    const waiting = this.ready.length + this.overtakers.size;
    if (waiting === 0 || this.depth >= DEEPEST_SWITCH || !this.schedule.switchNow(this.kernel.place)) return;
    const index = this.schedule.pick(waiting);
    if (index < this.ready.length) this.run(index);
    else this.overtake(index - this.ready.length);
    // A bug check over there stops this processor too.
    this.kernel.assertAlive();
  }

  /** Lets a ready thread run now, for code that can only go on after it. @returns whether there was one */
  runAnother(): boolean {
    if (this.ready.length === 0) return false;
    this.run(0);
    return true;
  }

  onEvent(): void {
    // A switch may have run the thread that this event was posted for.
    if (this.ready.length === 0 || this.kernel.crash !== null) return;
    this.run(this.schedule.pick(this.ready.length));
  }

  private run(index: number): void {
    const thread = this.ready[index];
    this.ready.splice(index, 1);
    this.depth++;
    try {
      thread.resume();
    } finally {
      this.depth--;
    }
  }

  private overtake(index: number): void {
    const work = [...this.overtakers][index];
    this.overtakers.delete(work);
    this.depth++;
    try {
      work.overtake();
    } finally {
      this.depth--;
    }
  }
}
