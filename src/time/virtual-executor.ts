import { type EventHandle, EventQueue, type EventTarget } from './event-queue.ts';
import type { Executor, Nanoseconds } from './executor.ts';
import { PostedRing } from './posted-ring.ts';

/**
 * Virtual time, in nanoseconds from 0: it moves only from event to event, as fast as the machine can run them.
 * @example
 * const executor = new VirtualExecutor();
 * executor.schedule(40 * MILLISECOND, target, 0, 0);
 * executor.run(); // executor.now() is then 40,000,000
 */
export class VirtualExecutor implements Executor {
  private readonly queue = new EventQueue();
  /** Events of the present time, which need no heap; their order among the others is kept all the same. */
  private readonly posted = new PostedRing();
  /**
   * The present, always a double in here. As a field it would begin as a small integer and change its representation
   * after 2.1 seconds, and with it the shape of everything that has seen a time.
   */
  private readonly clock = new Float64Array(1);
  private promiseSettled = false;

  now(): Nanoseconds {
    return this.clock[0];
  }

  /** Events that have not fired. */
  get pending(): number {
    return this.queue.size + this.posted.size;
  }

  /** Time of the next event, Infinity when there is none. */
  get nextTime(): Nanoseconds {
    return this.posted.size > 0 ? this.clock[0] : this.queue.nextTime;
  }

  post(target: EventTarget, kind: number, arg: number): void {
    this.posted.push(target, kind, arg, this.queue.takeOrder());
  }

  schedule(at: Nanoseconds, target: EventTarget, kind: number, arg: number): EventHandle {
    return this.queue.schedule(at > this.clock[0] ? at : this.clock[0], target, kind, arg);
  }

  cancel(handle: EventHandle): boolean {
    return this.queue.cancel(handle);
  }

  reschedule(handle: EventHandle, at: Nanoseconds): boolean {
    return this.queue.reschedule(handle, at > this.clock[0] ? at : this.clock[0]);
  }

  settled(): void {
    this.promiseSettled = true;
  }

  /** True once after `settled`: the run loop then gives the promise world one turn. */
  takeSettled(): boolean {
    const was = this.promiseSettled;
    this.promiseSettled = false;
    return was;
  }

  /** Runs the next event and moves the time to it. @returns false when there is none */
  step(): boolean {
    if (this.posted.size > 0 && !this.queue.comesBefore(this.clock[0], this.posted.firstOrder)) {
      this.posted.fireFirst();
      return true;
    }
    if (this.queue.size === 0) return false;
    this.clock[0] = this.queue.nextTime;
    this.queue.fireNext();
    return true;
  }

  /** Runs every event up to and including `time`, which is then the present. Infinity runs all and stays at the last. */
  runUntil(time: Nanoseconds): void {
    while (this.nextTime <= time && this.step());
    if (time > this.clock[0] && time !== Number.POSITIVE_INFINITY) this.clock[0] = time;
  }

  /** Runs until nothing is left. @returns events run */
  run(): number {
    let events = 0;
    while (this.step()) events++;
    return events;
  }
}
