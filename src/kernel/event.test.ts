import { describe, expect, test } from 'vitest';
import { Rig } from '../../test/support/rig.ts';
import { IO_NO_INCREMENT, KEVENT, NotificationEvent, SynchronizationEvent } from './event.ts';
import { Executive, KernelMode } from './wait.ts';

const event = (rig: Rig, type: typeof NotificationEvent | typeof SynchronizationEvent, state = false): KEVENT => {
  const made = new KEVENT();
  rig.nt.KeInitializeEvent(made, type, state);
  return made;
};

/** Starts `count` threads that wait for an event. @returns the names of those that got it, as they get it */
const waiters = (rig: Rig, on: KEVENT, count: number): string[] => {
  const woken: string[] = [];
  for (let i = 0; i < count; i++) {
    rig.start(`w${i}`, function* (nt) {
      yield* nt.KeWaitForSingleObject(on, Executive, KernelMode, false, null);
      woken.push(`w${i}`);
    });
  }
  rig.executor.run();
  return woken;
};

const set = (rig: Rig, on: KEVENT): number => {
  const was = rig.nt.KeSetEvent(on, IO_NO_INCREMENT, false);
  rig.executor.run();
  return was;
};

describe('a synchronization event', () => {
  test('releases one waiter per set, the longest wait first, and resets itself', () => {
    const rig = new Rig();
    const gate = event(rig, SynchronizationEvent);
    const woken = waiters(rig, gate, 3);
    expect(woken).toEqual([]);
    expect([set(rig, gate), rig.nt.KeReadStateEvent(gate), woken.slice()]).toEqual([0, 0, ['w0']]);
    set(rig, gate);
    set(rig, gate);
    expect(woken).toEqual(['w0', 'w1', 'w2']);
    expect([set(rig, gate), rig.nt.KeReadStateEvent(gate)]).toEqual([0, 1]);
  });

  test('counts nothing: two sets before a wait release one waiter', () => {
    const rig = new Rig();
    const gate = event(rig, SynchronizationEvent);
    expect([set(rig, gate), set(rig, gate)]).toEqual([0, 1]);
    expect(waiters(rig, gate, 2)).toEqual(['w0']);
  });
});

describe('a notification event', () => {
  test('releases all waiters and stays set until it is reset', () => {
    const rig = new Rig();
    const gate = event(rig, NotificationEvent);
    const woken = waiters(rig, gate, 2);
    expect([set(rig, gate), woken]).toEqual([0, ['w0', 'w1']]);
    expect(waiters(rig, gate, 1)).toEqual(['w0']);
    expect([rig.nt.KeResetEvent(gate), rig.nt.KeResetEvent(gate)]).toEqual([1, 0]);
    expect(waiters(rig, gate, 1)).toEqual([]);
  });

  test('is reset by KeClearEvent too', () => {
    const rig = new Rig();
    const gate = event(rig, NotificationEvent, true);
    rig.nt.KeClearEvent(gate);
    expect(rig.nt.KeReadStateEvent(gate)).toBe(0);
  });
});

test('an event can be signalled from the start', () => {
  const rig = new Rig();
  expect(waiters(rig, event(rig, SynchronizationEvent, true), 2)).toEqual(['w0']);
});

test('an event that is initialized again while a thread waits loses no other waiter when that wait times out', () => {
  const rig = new Rig();
  const gate = event(rig, SynchronizationEvent);
  rig.start('forgotten', function* (nt) {
    yield* nt.KeWaitForSingleObject(gate, Executive, KernelMode, false, -10);
  });
  rig.executor.step();
  rig.nt.KeInitializeEvent(gate, SynchronizationEvent, false);
  const woken = waiters(rig, gate, 1);
  set(rig, gate);
  expect(woken).toEqual(['w0']);
});
