import { expect, test } from 'vitest';
import type { EventTarget } from './event-queue.ts';
import { VirtualExecutor } from './virtual-executor.ts';

/** A target that notes what ran and when, and then does what it is told to. */
const log = (executor: VirtualExecutor, then: (arg: number) => void = () => {}) => {
  const entries: [number, number][] = [];
  const target: EventTarget = {
    onEvent: (_kind, arg) => {
      entries.push([arg, executor.now()]);
      then(arg);
    },
  };
  return { entries, target };
};

test('time stands still until an event is run, then jumps to it', () => {
  const executor = new VirtualExecutor();
  const { entries, target } = log(executor);
  executor.schedule(5_000_000_000, target, 0, 1);
  expect([executor.now(), executor.pending, executor.nextTime]).toEqual([0, 1, 5_000_000_000]);
  expect(executor.step()).toBe(true);
  expect(entries).toEqual([[1, 5_000_000_000]]);
  expect(executor.step()).toBe(false);
  expect(executor.now()).toBe(5_000_000_000);
});

test('posted work runs at the present time, in order, behind what was scheduled for that time before', () => {
  const executor = new VirtualExecutor();
  const { entries, target } = log(executor, (arg) => {
    if (arg === 1) for (const next of [3, 4]) executor.post(target, 0, next);
  });
  executor.schedule(10, target, 0, 1);
  executor.schedule(10, target, 0, 2);
  executor.schedule(11, target, 0, 5);
  expect(executor.run()).toBe(5);
  expect(entries).toEqual([
    [1, 10],
    [2, 10],
    [3, 10],
    [4, 10],
    [5, 11],
  ]);
});

test('posted work never runs inside the call that posts it', () => {
  const executor = new VirtualExecutor();
  const { entries, target } = log(executor);
  executor.post(target, 0, 1);
  expect(entries).toEqual([]);
});

test('time never goes back: what is asked for in the past happens now', () => {
  const executor = new VirtualExecutor();
  const { entries, target } = log(executor, (arg) => {
    if (arg === 1) {
      executor.schedule(3, target, 0, 2);
      executor.reschedule(later, 4);
    }
  });
  executor.schedule(10, target, 0, 1);
  const later = executor.schedule(20, target, 0, 3);
  executor.run();
  expect(entries).toEqual([
    [1, 10],
    [2, 10],
    [3, 10],
  ]);
});

test('a cancelled event does not run and does not move the time', () => {
  const executor = new VirtualExecutor();
  const { entries, target } = log(executor);
  const handle = executor.schedule(10, target, 0, 1);
  expect(executor.cancel(handle)).toBe(true);
  expect(executor.cancel(handle)).toBe(false);
  expect([executor.run(), executor.now(), entries]).toEqual([0, 0, []]);
});

test('runUntil runs what is due, that time included, and then it is that time', () => {
  const executor = new VirtualExecutor();
  const { entries, target } = log(executor);
  for (const at of [10, 20, 21]) executor.schedule(at, target, 0, at);
  executor.runUntil(20);
  expect(entries.map(([arg]) => arg)).toEqual([10, 20]);
  executor.runUntil(15);
  expect(executor.now()).toBe(20);
});

test('runUntil without an end runs everything and stops at the last event', () => {
  const executor = new VirtualExecutor();
  const { entries, target } = log(executor);
  executor.schedule(10, target, 0, 1);
  executor.runUntil(Number.POSITIVE_INFINITY);
  expect([entries.length, executor.now()]).toEqual([1, 10]);
});

test('a settled promise is reported to the run loop once', () => {
  const executor = new VirtualExecutor();
  expect(executor.takeSettled()).toBe(false);
  executor.settled();
  executor.settled();
  expect([executor.takeSettled(), executor.takeSettled()]).toEqual([true, false]);
});
