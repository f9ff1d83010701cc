import type { EventTarget } from '../time/index.ts';
import type { Kernel } from './kernel.ts';
import type { KernelThread } from './thread.ts';

/** Decides what a real machine leaves open: which ready thread runs next, and who runs during a kernel call. */
export interface Schedule {
  /** Index of the thread to run next, of `ready` threads in the order in which they became ready. */
  pick(ready: number): number;
  /** True to let another processor run a ready thread at this point. */
  switchNow(): boolean;
}

const firstComeFirstServed: Schedule = { pick: () => 0, switchNow: () => false };

/** Nested switches beyond this add nothing new and would only deepen the JavaScript stack. */
const DEEPEST_SWITCH = 4;

/**
 * One scheduler for TypeScript threads and driver fibers. Each thread that becomes ready posts one event; when it
 * comes, the schedule chooses which of the ready threads gets the processor. As the machine has at least two
 * processors, another thread may also run in the middle of a kernel call (`switchPoint`), whatever the IRQL.
 */
export class Scheduler implements EventTarget {
  private readonly kernel: Kernel;
  private readonly schedule: Schedule;
  private readonly ready: KernelThread[] = [];
  private depth = 0;

  constructor(kernel: Kernel, schedule: Schedule = firstComeFirstServed) {
    this.kernel = kernel;
    this.schedule = schedule;
  }

  makeReady(thread: KernelThread): void {
    this.ready.push(thread);
    this.kernel.executor.post(this, 0, 0);
  }

  /** Called by kernel functions that another processor could overtake. */
  switchPoint(): void {
    if (this.ready.length === 0 || this.depth >= DEEPEST_SWITCH || !this.schedule.switchNow()) return;
    this.onEvent();
    // A bug check over there stops this processor too.
    this.kernel.assertAlive();
  }

  onEvent(): void {
    // A switch may have run the thread that this event was posted for.
    if (this.ready.length === 0 || this.kernel.crash !== null) return;
    const index = this.schedule.pick(this.ready.length);
    const thread = this.ready[index];
    this.ready.splice(index, 1);
    this.depth++;
    try {
      thread.resume();
    } finally {
      this.depth--;
    }
  }
}
