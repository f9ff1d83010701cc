import { type EventHandle, EventQueue, type EventTarget } from './event-queue.ts';
import { type Executor, MILLISECOND, type Nanoseconds } from './executor.ts';
import { PostedRing } from './posted-ring.ts';

const LONGEST_TIMER_MS = 0x7fff_ffff;

/**
 * The real clock. Posted work runs in a microtask, or at the end of the batch of readiness that the host
 * transport is handing in; timers share the one JavaScript timer that stands for the first of them.
 */
export class RealExecutor implements Executor {
  private readonly queue = new EventQueue();
  private readonly posted = new PostedRing();
  private readonly origin = performance.now();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private timerAt: Nanoseconds = Number.POSITIVE_INFINITY;
  private drainQueued = false;
  private draining = false;

  now(): Nanoseconds {
    return Math.round((performance.now() - this.origin) * MILLISECOND);
  }

  post(target: EventTarget, kind: number, arg: number): void {
    this.posted.push(target, kind, arg, 0);
    if (!this.draining) this.queueDrain();
  }

  schedule(at: Nanoseconds, target: EventTarget, kind: number, arg: number): EventHandle {
    const handle = this.queue.schedule(at, target, kind, arg);
    this.armTimer();
    return handle;
  }

  cancel(handle: EventHandle): boolean {
    const was = this.queue.cancel(handle);
    if (was) this.armTimer();
    return was;
  }

  reschedule(handle: EventHandle, at: Nanoseconds): boolean {
    const was = this.queue.reschedule(handle, at);
    if (was) this.armTimer();
    return was;
  }

  settled(): void {
    // Promise reactions run by themselves on the real clock.
  }

  /** Runs what was posted, and what that posts. Edges call it after each batch of readiness. */
  drain(): void {
    if (this.draining) return;
    this.draining = true;
    try {
      while (this.posted.size > 0) this.posted.fireFirst();
    } finally {
      this.draining = false;
      if (this.posted.size > 0) this.queueDrain();
    }
  }

  private queueDrain(): void {
    if (this.drainQueued) return;
    this.drainQueued = true;
    queueMicrotask(() => {
      this.drainQueued = false;
      this.drain();
    });
  }

  private armTimer(): void {
    const at = this.queue.nextTime;
    if (at === this.timerAt) return;
    clearTimeout(this.timer);
    this.timerAt = at;
    this.timer = undefined;
    if (at === Number.POSITIVE_INFINITY) return;
    const wait = Math.min(Math.max((at - this.now()) / MILLISECOND, 0), LONGEST_TIMER_MS);
    this.timer = setTimeout(() => this.fireDue(), wait);
  }

  private fireDue(): void {
    this.timerAt = Number.POSITIVE_INFINITY;
    try {
      // A timer may come up to a millisecond early; what is due then stays for the next one.
      while (this.queue.nextTime <= this.now()) this.queue.fireNext();
    } finally {
      // First the timer, for posted work may throw; what that work schedules arms it again.
      this.armTimer();
      this.drain();
    }
  }
}
