import { describe, expect, test } from 'vitest';
import { crashIn, crashOf, Rig } from '../../test/support/rig.ts';
import { STATUS_TIMEOUT } from '../base/index.ts';
import { MILLISECOND } from '../time/index.ts';
import type { DispatcherObject } from './dispatcher-object.ts';
import { type EVENT_TYPE, KEVENT, NotificationEvent, SynchronizationEvent } from './event.ts';
import { DISPATCH_LEVEL } from './irql.ts';
import { KMUTANT } from './mutex.ts';
import { STATUS_WAIT_0 } from './thread.ts';
import { Executive, KernelMode } from './wait.ts';
import { WaitAll, WaitAny } from './wait-multiple.ts';

const TEN_MS = -100_000; // 100 ns units

const events = (rig: Rig, count: number, type: EVENT_TYPE = SynchronizationEvent): KEVENT[] =>
  Array.from({ length: count }, () => {
    const event = new KEVENT();
    rig.nt.KeInitializeEvent(event, type, false);
    return event;
  });

const waitFor = (rig: Rig, objects: DispatcherObject[], type: 0 | 1, timeout: number | null) =>
  rig.nt.KeWaitForMultipleObjects(objects.length, objects, type, Executive, KernelMode, false, timeout, objects);

const setLater = (rig: Rig, event: KEVENT, milliseconds: number): void => {
  rig.start('setter', function* (nt) {
    yield* nt.KeDelayExecutionThread(KernelMode, false, -10_000 * milliseconds);
    nt.KeSetEvent(event, 0, false);
  });
};

describe('KeWaitForMultipleObjects with WaitAny', () => {
  test('takes the first object that is signalled and leaves the others', () => {
    const rig = new Rig();
    const [a, b, c] = events(rig, 3);
    for (const event of [b, c]) rig.nt.KeSetEvent(event, 0, false);
    expect(rig.run(() => waitFor(rig, [a, b, c], WaitAny, null))).toBe(STATUS_WAIT_0 + 1);
    expect([b.signalled, c.signalled]).toEqual([false, true]);
  });

  test('tells which object ended it, and waits for none of the others any more', () => {
    const rig = new Rig();
    const [a, b, c] = events(rig, 3);
    setLater(rig, c, 5);
    expect(rig.run(() => waitFor(rig, [a, b, c], WaitAny, TEN_MS))).toBe(STATUS_WAIT_0 + 2);
    expect(rig.executor.now()).toBe(5 * MILLISECOND);
    expect([a, b, c].map(({ waiters }) => waiters.length)).toEqual([0, 0, 0]);
    rig.nt.KeSetEvent(a, 0, false);
    expect(a.signalled).toBe(true);
  });

  test('times out, and waits for nothing any more', () => {
    const rig = new Rig();
    const [a, b] = events(rig, 2);
    expect(rig.run(() => waitFor(rig, [a, b], WaitAny, TEN_MS))).toBe(STATUS_TIMEOUT);
    expect([rig.executor.now(), a.waiters.length, b.waiters.length]).toEqual([10 * MILLISECOND, 0, 0]);
  });
});

describe('KeWaitForMultipleObjects with WaitAll', () => {
  test('takes nothing until all are signalled at a time', () => {
    const rig = new Rig();
    const [a, b] = events(rig, 2);
    rig.nt.KeSetEvent(a, 0, false);
    setLater(rig, b, 5);
    const seen: boolean[] = [];
    rig.start('looker', function* (nt) {
      yield* nt.KeDelayExecutionThread(KernelMode, false, -10_000);
      seen.push(a.signalled);
    });
    expect(rig.run(() => waitFor(rig, [a, b], WaitAll, null))).toBe(STATUS_WAIT_0);
    expect([seen, a.signalled, b.signalled]).toEqual([[true], false, false]);
  });

  test('goes on waiting when another thread has taken one of them', () => {
    const rig = new Rig();
    const [a, b] = events(rig, 2);
    rig.nt.KeSetEvent(a, 0, false);
    rig.start('taker', function* (nt) {
      yield* nt.KeWaitForSingleObject(a, Executive, KernelMode, false, null);
    });
    setLater(rig, b, 5);
    setLater(rig, a, 7);
    expect(rig.run(() => waitFor(rig, [a, b], WaitAll, null))).toBe(STATUS_WAIT_0);
    expect(rig.executor.now()).toBe(7 * MILLISECOND);
  });

  test('lets those behind it have what it cannot use yet', () => {
    const rig = new Rig();
    const [a, b] = events(rig, 2);
    const ends: string[] = [];
    rig.start('all', function* () {
      yield* waitFor(rig, [a, b], WaitAll, null);
      ends.push('all');
    });
    rig.start('one', function* (nt) {
      yield* nt.KeWaitForSingleObject(a, Executive, KernelMode, false, null);
      ends.push('one');
    });
    setLater(rig, a, 1);
    rig.executor.run();
    expect(ends).toEqual(['one']);
  });

  test('takes mutexes too', () => {
    const rig = new Rig();
    const mutex = new KMUTANT();
    rig.nt.KeInitializeMutex(mutex, 0);
    const [event] = events(rig, 1, NotificationEvent);
    setLater(rig, event, 1);
    const held = rig.run(function* (nt) {
      yield* waitFor(rig, [mutex, event], WaitAll, null);
      return [nt.KeReadStateMutex(mutex), nt.KeReleaseMutex(mutex, false)];
    });
    expect(held).toEqual([0, 0]);
  });
});

describe('what KeWaitForMultipleObjects refuses', () => {
  test('more than three objects without a wait block array, and more than 64 (0x0C)', () => {
    const rig = new Rig();
    const many = events(rig, 65);
    const four = () =>
      rig.run((nt) => nt.KeWaitForMultipleObjects(4, many, WaitAny, Executive, KernelMode, false, 0, null));
    expect(crashOf(four)).toEqual({ code: 0x0c, parameter1: 4, rule: null });
    const other = new Rig();
    const all = () => other.run(() => waitFor(other, many, WaitAny, 0));
    expect(crashOf(all)).toEqual({ code: 0x0c, parameter1: 65, rule: null });
  });

  test('a wait at DISPATCH_LEVEL (R12), but not a look', () => {
    const crash = crashIn(function* (nt, rig) {
      nt.KeRaiseIrql(DISPATCH_LEVEL, { value: 0 });
      expect(yield* waitFor(rig, events(rig, 2), WaitAny, 0)).toBe(STATUS_TIMEOUT);
      yield* waitFor(rig, events(rig, 2), WaitAny, null);
    });
    expect(crash).toMatchObject({ code: 0xb8, rule: 'R12' });
  });
});
