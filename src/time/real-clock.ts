import { type EventHandle, EventQueue, type EventTarget } from './event-queue.ts';
import { type Executor, MILLISECOND, type Nanoseconds } from './executor.ts';
import { PostedRing } from './posted-ring.ts';

const LONGEST_TIMER_MS = 0x7fff_ffff;

/** Wakes the real clock when its first timer is due. */
export interface Alarm {
  /** Rings once, after a time in nanoseconds; replaces what was set before. */
  set(wait: Nanoseconds): void;
  clear(): void;
}

/** JavaScript's timer: whole milliseconds. */
class TimerAlarm implements Alarm {
  private readonly ring: () => void;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ring: () => void) {
    this.ring = ring;
  }
  set(wait: Nanoseconds): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.ring, Math.min(wait / MILLISECOND, LONGEST_TIMER_MS));
  }
  clear(): void {
    clearTimeout(this.timer);
  }
}

/**
 * The real clock. Posted work runs in a microtask, or at the end of the batch of readiness that the host
 * transport is handing in; timers share the one alarm that stands for the first of them.
 */
export class RealExecutor implements Executor {
  private readonly queue = new EventQueue();
  private readonly posted = new PostedRing();
  private readonly origin = performance.now();
  private readonly ring = (): void => this.fireDue();
  private readonly timer = new TimerAlarm(this.ring);
  private alarm: Alarm = this.timer;
  private alarmAt: Nanoseconds = Number.POSITIVE_INFINITY;
  private drainQueued = false;
  private draining = false;
  /** Timers are being fired: the alarm is set once, afterwards. */
  private isFiring = false;

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

  /** Whether an edge has given a finer alarm than JavaScript's timer. */
  get hasFineAlarm(): boolean {
    return this.alarm !== this.timer;
  }

  /** Takes a finer alarm from an edge, made with what it is to call; null goes back to JavaScript's timer. */
  useAlarm(make: ((ring: () => void) => Alarm) | null): void {
    this.alarm.clear();
    this.alarm = make === null ? this.timer : make(this.ring);
    this.alarmAt = Number.POSITIVE_INFINITY;
    this.armTimer();
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
    if (this.isFiring || at === this.alarmAt) return;
    this.alarmAt = at;
    if (at === Number.POSITIVE_INFINITY) this.alarm.clear();
    else this.alarm.set(Math.max(at - this.now(), 0));
  }

  private fireDue(): void {
    this.alarmAt = Number.POSITIVE_INFINITY;
    this.isFiring = true;
    try {
      // A timer may come up to a millisecond early; what is due then stays for the next one.
      while (this.queue.nextTime <= this.now()) this.queue.fireNext();
    } finally {
      this.isFiring = false;
      // First the timer, for posted work may throw; what that work schedules arms it again.
      this.armTimer();
      this.drain();
    }
  }
}
