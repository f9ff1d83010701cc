import { describe, expect, test } from 'vitest';
import { crashIn, Rig } from '../../test/support/rig.ts';
import { STATUS_SUCCESS, STATUS_TIMEOUT } from '../base/index.ts';
import { MILLISECOND, SECOND } from '../time/index.ts';
import { KEVENT, NotificationEvent, SynchronizationEvent } from './event.ts';
import { APC_LEVEL, DISPATCH_LEVEL } from './irql.ts';
import { Executive, KernelMode } from './wait.ts';

const TEN_MS = -100_000; // a relative time in 100 ns units

const unset = (rig: Rig): KEVENT => {
  const event = new KEVENT();
  rig.nt.KeInitializeEvent(event, SynchronizationEvent, false);
  return event;
};

describe('KeWaitForSingleObject', () => {
  test.each([
    ['a relative timeout', () => TEN_MS],
    ['a relative timeout that is a bigint', () => BigInt(TEN_MS)],
    ['an absolute timeout', (rig: Rig) => rig.kernel.systemTimeOrigin + 100_000n],
  ])('with %s gives STATUS_TIMEOUT when the time has come', (_what, timeout) => {
    const rig = new Rig();
    const event = unset(rig);
    const status = rig.run((nt) => nt.KeWaitForSingleObject(event, Executive, KernelMode, false, timeout(rig)));
    expect([status, rig.executor.now()]).toEqual([STATUS_TIMEOUT, 10 * MILLISECOND]);
    expect(event.waiters).toEqual([]);
  });

  test('with an absolute timeout in the past gives STATUS_TIMEOUT at once', () => {
    const rig = new Rig();
    const event = unset(rig);
    expect(rig.run((nt) => nt.KeWaitForSingleObject(event, Executive, KernelMode, false, 1))).toBe(STATUS_TIMEOUT);
    expect(rig.executor.now()).toBe(0);
  });

  test('with timeout 0 only looks, and takes the signal of a synchronization event', () => {
    const rig = new Rig();
    const event = unset(rig);
    const poll = () => rig.run((nt) => nt.KeWaitForSingleObject(event, Executive, KernelMode, false, 0));
    expect(poll()).toBe(STATUS_TIMEOUT);
    rig.nt.KeSetEvent(event, 0, false);
    expect([poll(), poll()]).toEqual([STATUS_SUCCESS, STATUS_TIMEOUT]);
  });

  test('that is satisfied leaves no timeout behind', () => {
    const rig = new Rig();
    const event = unset(rig);
    rig.start('setter', function* (nt) {
      yield* nt.KeDelayExecutionThread(KernelMode, false, TEN_MS);
      nt.KeSetEvent(event, 0, false);
    });
    const status = rig.run((nt) => nt.KeWaitForSingleObject(event, Executive, KernelMode, false, -1_000_000));
    expect([status, rig.executor.now()]).toEqual([STATUS_SUCCESS, 10 * MILLISECOND]);
  });

  test('that times out leaves the signal to the next waiter', () => {
    const rig = new Rig();
    const event = unset(rig);
    const ends: string[] = [];
    for (const [name, timeout] of [
      ['impatient', TEN_MS],
      ['patient', null],
    ] as const) {
      rig.start(name, function* (nt) {
        const status = yield* nt.KeWaitForSingleObject(event, Executive, KernelMode, false, timeout);
        ends.push(`${name} ${status}`);
      });
    }
    rig.executor.run();
    rig.nt.KeSetEvent(event, 0, false);
    rig.executor.run();
    expect(ends).toEqual([`impatient ${STATUS_TIMEOUT}`, `patient ${STATUS_SUCCESS}`]);
  });

  test('set and due in the same instant: the wait ends once', () => {
    const rig = new Rig();
    const event = unset(rig);
    let ends = 0;
    rig.executor.schedule(10 * MILLISECOND, { onEvent: () => void rig.nt.KeSetEvent(event, 0, false) }, 0, 0);
    const status = rig.run(function* (nt) {
      const result = yield* nt.KeWaitForSingleObject(event, Executive, KernelMode, false, TEN_MS);
      ends++;
      return result;
    });
    expect([status, ends]).toEqual([STATUS_SUCCESS, 1]);
  });

  test('waits for a thread to end; one that has ended stays signalled', () => {
    const rig = new Rig();
    const statuses = rig.run(function* (nt) {
      const thread = rig.start('other', function* (inner) {
        yield* inner.KeDelayExecutionThread(KernelMode, false, TEN_MS);
      });
      const wait = () => nt.KeWaitForSingleObject(thread, Executive, KernelMode, false, null);
      return [yield* nt.KeWaitForSingleObject(thread, Executive, KernelMode, false, 0), yield* wait(), yield* wait()];
    });
    expect(statuses).toEqual([STATUS_TIMEOUT, STATUS_SUCCESS, STATUS_SUCCESS]);
    expect(rig.executor.now()).toBe(10 * MILLISECOND);
  });

  test('does nothing at all when it is called without yield*', () => {
    const rig = new Rig();
    const event = unset(rig);
    rig.run(function* (nt) {
      nt.KeWaitForSingleObject(event, Executive, KernelMode, false, null);
    });
    expect(event.waiters).toEqual([]);
  });
});

describe('KeDelayExecutionThread', () => {
  test.each([
    ['a relative time', () => TEN_MS, 10 * MILLISECOND],
    ['an absolute time', (rig: Rig) => rig.kernel.systemTimeOrigin + 10_000_000n, SECOND],
    ['no time at all', () => 0, 0],
  ])('sleeps for %s', (_what, interval, until) => {
    const rig = new Rig();
    const status = rig.run((nt) => nt.KeDelayExecutionThread(KernelMode, false, interval(rig)));
    expect([status, rig.executor.now()]).toEqual([STATUS_SUCCESS, until]);
  });
});

describe('R12: no wait at DISPATCH_LEVEL or in no thread', () => {
  const crash = { code: 0xb8, parameter1: 0, rule: 'R12' };

  test.each([
    ['without an end', null],
    ['with a timeout', TEN_MS],
  ])('a wait %s at DISPATCH_LEVEL', (_what, timeout) => {
    const caught = crashIn(function* (nt, rig) {
      nt.KeRaiseIrqlToDpcLevel();
      yield* nt.KeWaitForSingleObject(unset(rig), Executive, KernelMode, false, timeout);
    });
    expect(caught).toEqual(crash);
  });

  test('a wait at DISPATCH_LEVEL for what is signalled already', () => {
    const caught = crashIn(function* (nt) {
      const event = new KEVENT();
      nt.KeInitializeEvent(event, NotificationEvent, true);
      nt.KeRaiseIrqlToDpcLevel();
      yield* nt.KeWaitForSingleObject(event, Executive, KernelMode, false, null);
    });
    expect(caught).toEqual(crash);
  });

  test('sleeping at DISPATCH_LEVEL', () => {
    const caught = crashIn(function* (nt) {
      nt.KeRaiseIrqlToDpcLevel();
      yield* nt.KeDelayExecutionThread(KernelMode, false, TEN_MS);
    });
    expect(caught).toEqual(crash);
  });

  test('a wait in no thread, as in a DPC', () => {
    const rig = new Rig();
    expect(() => rig.nt.KeWaitForSingleObject(unset(rig), Executive, KernelMode, false, null).next()).toThrow('R12');
  });

  test('is kept by a look with timeout 0 at DISPATCH_LEVEL', () => {
    const caught = crashIn(function* (nt, rig) {
      const old = nt.KeRaiseIrqlToDpcLevel();
      yield* nt.KeWaitForSingleObject(unset(rig), Executive, KernelMode, false, 0);
      nt.KeLowerIrql(old);
    });
    expect(caught).toBeNull();
  });

  test('is kept by a wait at APC_LEVEL, and the thread wakes at that level while others run below', () => {
    const rig = new Rig();
    const event = unset(rig);
    const levels: number[] = [];
    rig.start('setter', function* (nt) {
      levels.push(nt.KeGetCurrentIrql());
      nt.KeSetEvent(event, 0, false);
    });
    rig.run(function* (nt) {
      const old = { value: -1 };
      nt.KeRaiseIrql(APC_LEVEL, old);
      yield* nt.KeDelayExecutionThread(KernelMode, false, TEN_MS);
      levels.push(nt.KeGetCurrentIrql());
      nt.KeLowerIrql(old.value);
    });
    expect([levels, rig.kernel.irql]).toEqual([[0, APC_LEVEL], 0]);
    expect(DISPATCH_LEVEL).toBe(2);
  });
});
