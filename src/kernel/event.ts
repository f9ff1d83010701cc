import { BugCheckCode } from './bug-check.ts';
import { DispatcherObject } from './dispatcher-object.ts';
import { DISPATCH_LEVEL } from './irql.ts';
import type { Kernel } from './kernel.ts';

// EVENT_TYPE (wdm.h).
/** Stays set until KeClearEvent or KeResetEvent, and releases every waiter. */
export const NotificationEvent = 0;
/** Resets itself when it has released one waiter. */
export const SynchronizationEvent = 1;
export type EVENT_TYPE = typeof NotificationEvent | typeof SynchronizationEvent;

// Priority boosts: threads have no priorities here, so that they have no effect.
export const IO_NO_INCREMENT = 0;
export const IO_NETWORK_INCREMENT = 2;

/** KEVENT. Use only after KeInitializeEvent, as in C. */
export class KEVENT extends DispatcherObject {
  initialize(type: EVENT_TYPE, state: boolean): void {
    this.autoReset = type === SynchronizationEvent;
    this.signalled = state;
    this.waiters.length = 0;
  }
}

/**
 * Makes an event ready for use; nobody may be waiting for it.
 * @param State whether it is set at first
 *
 * Source: wdm.h reference, KeInitializeEvent.
 */
export const KeInitializeEvent = (_kernel: Kernel, Event: KEVENT, Type: EVENT_TYPE, State: boolean): void => {
  Event.initialize(Type, State);
};

/**
 * Sets the event and makes those ready who wait for it. IRQL <= DISPATCH_LEVEL (R13: bug check 0xC4).
 * @param _Wait ignored: FALSE is right nearly always
 * @returns nonzero if it was set already
 *
 * Another thread may run before this returns: touch nothing afterwards that a waiter may free.
 * Source: wdm.h reference, KeSetEvent.
 */
export const KeSetEvent = (kernel: Kernel, Event: KEVENT, _Increment: number, _Wait: boolean): number => {
  kernel.assertAlive();
  if (kernel.irql > DISPATCH_LEVEL) {
    const message = `KeSetEvent at IRQL ${kernel.irql}, above DISPATCH_LEVEL`;
    kernel.bugCheck(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x80, 'R13', message, undefined, {
      parameters: [kernel.irql],
    });
  }
  const was = Event.signal(true);
  kernel.scheduler.switchPoint();
  return was ? 1 : 0;
};

/** Resets the event. IRQL <= DISPATCH_LEVEL. @returns nonzero if it was set. Source: wdm.h reference, KeResetEvent. */
export const KeResetEvent = (_kernel: Kernel, Event: KEVENT): number => {
  const was = Event.signalled;
  Event.signalled = false;
  return was ? 1 : 0;
};

/** Resets the event. IRQL <= DISPATCH_LEVEL. Source: wdm.h reference, KeClearEvent. */
export const KeClearEvent = (kernel: Kernel, Event: KEVENT): void => {
  KeResetEvent(kernel, Event);
};

/** @returns nonzero if the event is set. IRQL <= DISPATCH_LEVEL. Source: wdm.h reference, KeReadStateEvent. */
export const KeReadStateEvent = (_kernel: Kernel, Event: KEVENT): number => (Event.signalled ? 1 : 0);
