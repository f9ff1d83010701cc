import type { EventHandle, EventTarget, Nanoseconds } from '../time/index.ts';
import { MILLISECOND } from '../time/index.ts';
import { DispatcherObject } from './dispatcher-object.ts';
import type { KDPC } from './dpc.ts';
import type { Kernel } from './kernel.ts';
import type { LARGE_INTEGER } from './types.ts';

// TIMER_TYPE (wdm.h).
/** Stays signalled until it is set again. */
export const NotificationTimer = 0;
/** Resets itself when it has released one waiter. */
export const SynchronizationTimer = 1;
export type TIMER_TYPE = typeof NotificationTimer | typeof SynchronizationTimer;

/** KTIMER: signalled when due; may queue a DPC then, and again every period. */
export class KTIMER extends DispatcherObject implements EventTarget {
  private kernel: Kernel | null = null;
  private dpc: KDPC | null = null;
  private period: Nanoseconds = 0;
  private handle: EventHandle = 0;

  get isSet(): boolean {
    return this.handle !== 0;
  }

  initialize(type: TIMER_TYPE): void {
    this.autoReset = type === SynchronizationTimer;
    this.signalled = false;
  }

  set(kernel: Kernel, due: Nanoseconds, period: Nanoseconds, dpc: KDPC | null): boolean {
    const was = this.cancel();
    this.kernel = kernel;
    this.signalled = false;
    this.period = period;
    this.dpc = dpc;
    this.handle = kernel.executor.schedule(due, this, 0, 0);
    return was;
  }

  cancel(): boolean {
    const was = this.handle !== 0;
    if (was) this.kernel!.executor.cancel(this.handle);
    this.handle = 0;
    return was;
  }

  onEvent(): void {
    const kernel = this.kernel!;
    if (kernel.crash !== null) return;
    this.handle = this.period === 0 ? 0 : kernel.executor.schedule(kernel.now() + this.period, this, 0, 0);
    this.signal(true);
    this.dpc?.insert(kernel, null, null);
  }
}

/** Makes a timer ready for use, not set. Any IRQL. Source: wdm.h reference, KeInitializeTimerEx. */
export const KeInitializeTimerEx = (_kernel: Kernel, Timer: KTIMER, Type: TIMER_TYPE): void => {
  Timer.initialize(Type);
};

/** KeInitializeTimerEx for a NotificationTimer. Source: wdm.h reference, KeInitializeTimer. */
export const KeInitializeTimer = (kernel: Kernel, Timer: KTIMER): void => {
  KeInitializeTimerEx(kernel, Timer, NotificationTimer);
};

/**
 * Sets a timer, taking it back first if it was set. IRQL <= DISPATCH_LEVEL.
 * @param DueTime 100 ns units: negative relative, positive absolute since 1601
 * @param Period milliseconds, 0 for once
 * @param Dpc queued whenever the timer is due, or null
 * @returns whether it was set already
 *
 * Source: wdm.h reference, KeSetTimerEx.
 */
export const KeSetTimerEx = (
  kernel: Kernel,
  Timer: KTIMER,
  DueTime: LARGE_INTEGER,
  Period: number,
  Dpc: KDPC | null,
): boolean => {
  kernel.assertAlive();
  return Timer.set(kernel, kernel.deadline(DueTime), Period * MILLISECOND, Dpc);
};

/** KeSetTimerEx without a period. @param DueTime 100 ns units. Source: wdm.h reference, KeSetTimer. */
export const KeSetTimer = (kernel: Kernel, Timer: KTIMER, DueTime: LARGE_INTEGER, Dpc: KDPC | null): boolean =>
  KeSetTimerEx(kernel, Timer, DueTime, 0, Dpc);

/**
 * Takes a timer back; a DPC that it has queued already still runs. IRQL <= DISPATCH_LEVEL.
 * @returns whether the timer was set
 *
 * Source: wdm.h reference, KeCancelTimer.
 */
export const KeCancelTimer = (_kernel: Kernel, Timer: KTIMER): boolean => Timer.cancel();
