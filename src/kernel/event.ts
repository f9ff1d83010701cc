import { DispatcherObject } from './dispatcher-object.ts';
import type { Kernel } from './kernel.ts';

export const NotificationEvent = 0;
export const SynchronizationEvent = 1;
export type EVENT_TYPE = typeof NotificationEvent | typeof SynchronizationEvent;

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

/** A SynchronizationEvent releases one waiter per set and resets itself; a NotificationEvent stays set. */
export const KeInitializeEvent = (_kernel: Kernel, Event: KEVENT, Type: EVENT_TYPE, State: boolean): void => {
  Event.initialize(Type, State);
};

/**
 * Sets the event. IRQL <= DISPATCH_LEVEL.
 * @returns nonzero if it was set already
 */
export const KeSetEvent = (kernel: Kernel, Event: KEVENT, _Increment: number, _Wait: boolean): number => {
  kernel.assertAlive();
  const was = Event.signal(true);
  kernel.scheduler.switchPoint();
  return was ? 1 : 0;
};

/** Resets the event. @returns nonzero if it was set */
export const KeResetEvent = (_kernel: Kernel, Event: KEVENT): number => {
  const was = Event.signalled;
  Event.signalled = false;
  return was ? 1 : 0;
};

export const KeClearEvent = (kernel: Kernel, Event: KEVENT): void => {
  KeResetEvent(kernel, Event);
};

export const KeReadStateEvent = (_kernel: Kernel, Event: KEVENT): number => (Event.signalled ? 1 : 0);
