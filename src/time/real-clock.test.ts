import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EventTarget } from './event-queue.ts';
import { MILLISECOND, SECOND } from './executor.ts';
import { RealExecutor } from './real-clock.ts';

const queued: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.stubGlobal('queueMicrotask', (task: () => void) => queued.push(task));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  queued.length = 0;
});

const log = (then: (arg: number) => void = () => {}) => {
  const fired: number[] = [];
  const target: EventTarget = {
    onEvent: (_kind, arg) => {
      fired.push(arg);
      then(arg);
    },
  };
  return { fired, target };
};

const failing: EventTarget = {
  onEvent: () => {
    throw new TypeError('this one fails');
  },
};

/** Runs the microtasks. @returns what they threw */
const microtasks = (): unknown[] => {
  const errors: unknown[] = [];
  for (let task = queued.shift(); task !== undefined; task = queued.shift()) {
    try {
      task();
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
};

test('time is in nanoseconds since the executor was made', () => {
  const executor = new RealExecutor();
  expect(executor.now()).toBe(0);
  vi.advanceTimersByTime(1500);
  expect(executor.now()).toBe(1.5 * SECOND);
});

test('posted work runs after the call that posts it, in order, with what it posts itself', () => {
  const executor = new RealExecutor();
  const { fired, target } = log((arg) => {
    if (arg === 1) executor.post(target, 0, 3);
  });
  executor.post(target, 0, 1);
  executor.post(target, 0, 2);
  expect(fired).toEqual([]);
  microtasks();
  expect(fired).toEqual([1, 2, 3]);
});

test('drain runs posted work at once, and the microtask then finds nothing', () => {
  const executor = new RealExecutor();
  const { fired, target } = log();
  executor.post(target, 0, 1);
  executor.drain();
  expect(fired).toEqual([1]);
  microtasks();
  expect(fired).toEqual([1]);
});

test('drain inside of posted work does nothing: order is kept', () => {
  const executor = new RealExecutor();
  const { fired, target } = log((arg) => {
    if (arg === 1) executor.drain();
  });
  executor.post(target, 0, 1);
  executor.post(target, 0, 2);
  executor.drain();
  expect(fired).toEqual([1, 2]);
});

test('posted work that throws does not lose what stands behind it', () => {
  const executor = new RealExecutor();
  const { fired, target } = log();
  executor.post(target, 0, 1);
  executor.post(failing, 0, 0);
  executor.post(target, 0, 2);
  const errors = microtasks();
  expect(errors).toEqual([new TypeError('this one fails')]);
  expect(fired).toEqual([1, 2]);
});

test('timers fire when they are due and not before', () => {
  const executor = new RealExecutor();
  const { fired, target } = log();
  executor.schedule(20 * MILLISECOND, target, 0, 20);
  executor.schedule(10 * MILLISECOND, target, 0, 10);
  vi.advanceTimersByTime(9);
  expect(fired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(fired).toEqual([10]);
  vi.advanceTimersByTime(10);
  expect(fired).toEqual([10, 20]);
});

test('all timers share one JavaScript timer, which is gone when there is nothing left', () => {
  const executor = new RealExecutor();
  const { target } = log();
  const handles = [30, 20, 10].map((at) => executor.schedule(at * MILLISECOND, target, 0, at));
  expect(vi.getTimerCount()).toBe(1);
  for (const handle of handles) expect(executor.cancel(handle)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
  expect(executor.cancel(handles[0])).toBe(false);
});

test('a moved timer fires at its new time, sooner or later', () => {
  const executor = new RealExecutor();
  const { fired, target } = log();
  const sooner = executor.schedule(50 * MILLISECOND, target, 0, 1);
  const later = executor.schedule(10 * MILLISECOND, target, 0, 2);
  executor.reschedule(sooner, 5 * MILLISECOND);
  executor.reschedule(later, 70 * MILLISECOND);
  vi.advanceTimersByTime(5);
  expect(fired).toEqual([1]);
  vi.advanceTimersByTime(64);
  expect(fired).toEqual([1]);
  vi.advanceTimersByTime(1);
  expect(fired).toEqual([1, 2]);
  expect(executor.reschedule(later, 0)).toBe(false);
});

test('a timer in the past fires in the next turn', () => {
  const executor = new RealExecutor();
  const { fired, target } = log();
  vi.advanceTimersByTime(100);
  executor.schedule(0, target, 0, 1);
  expect(fired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(fired).toEqual([1]);
});

test('a timer that sets the next one goes on', () => {
  const executor = new RealExecutor();
  const { fired, target } = log((arg) => {
    if (arg < 3) executor.schedule(executor.now() + 10 * MILLISECOND, target, 0, arg + 1);
  });
  executor.schedule(10 * MILLISECOND, target, 0, 1);
  vi.advanceTimersByTime(30);
  expect(fired).toEqual([1, 2, 3]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a time further away than JavaScript timers reach is waited for in stages', () => {
  const executor = new RealExecutor();
  const { fired, target } = log();
  const days = 40 * 86_400;
  executor.schedule(days * SECOND, target, 0, 1);
  vi.advanceTimersByTime((days - 1) * 1000);
  expect(fired).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(fired).toEqual([1]);
});

test('a JavaScript timer that comes early is waited for again', () => {
  const executor = new RealExecutor();
  const { fired, target } = log();
  executor.schedule(10 * MILLISECOND, target, 0, 1);
  const early = vi.spyOn(executor, 'now').mockReturnValueOnce(10 * MILLISECOND - 1);
  vi.advanceTimersByTime(10);
  expect(fired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(fired).toEqual([1]);
  early.mockRestore();
});

test('what a timer posts has run before the next turn', () => {
  const executor = new RealExecutor();
  const { fired, target } = log((arg) => {
    if (arg === 1) executor.post(target, 0, 2);
  });
  executor.schedule(10 * MILLISECOND, target, 0, 1);
  vi.advanceTimersByTime(10);
  expect(fired).toEqual([1, 2]);
});

test('a timer that throws does not lose those behind it', () => {
  const executor = new RealExecutor();
  const { fired, target } = log();
  executor.schedule(10 * MILLISECOND, failing, 0, 0);
  executor.schedule(10 * MILLISECOND, target, 0, 1);
  executor.schedule(20 * MILLISECOND, target, 0, 2);
  expect(() => vi.advanceTimersByTime(10)).toThrow('this one fails');
  vi.advanceTimersByTime(20);
  expect(fired).toEqual([1, 2]);
});

test('work posted by a timer that throws does not lose the timers behind it', () => {
  const executor = new RealExecutor();
  const { fired, target } = log((arg) => {
    if (arg === 1) executor.post(failing, 0, 0);
  });
  executor.schedule(10 * MILLISECOND, target, 0, 1);
  executor.schedule(20 * MILLISECOND, target, 0, 2);
  expect(() => vi.advanceTimersByTime(10)).toThrow('this one fails');
  vi.advanceTimersByTime(20);
  expect(fired).toEqual([1, 2]);
});

test('a settled promise needs no help: its reactions run by themselves', () => {
  const executor = new RealExecutor();
  executor.settled();
  expect(vi.getTimerCount()).toBe(0);
});

test('an edge may give a finer alarm, which takes over what is due, and take it back', () => {
  const executor = new RealExecutor();
  const { fired, target } = log();
  executor.schedule(2_500_000, target, 0, 1);
  const waits: (number | null)[] = [];
  let ring = (): void => {};
  executor.useAlarm((given) => {
    ring = given;
    return { set: (wait) => waits.push(wait), clear: () => waits.push(null) };
  });
  expect([executor.hasFineAlarm, vi.getTimerCount()]).toEqual([true, 0]);
  const second = executor.schedule(200_000, target, 0, 2);
  executor.cancel(second);
  expect(waits).toEqual([2_500_000, 200_000, 2_500_000]);
  vi.advanceTimersByTime(4);
  expect(fired).toEqual([]);
  ring();
  expect(fired).toEqual([1]);
  executor.schedule(6_000_000, target, 0, 3);
  executor.useAlarm(null);
  vi.advanceTimersByTime(3);
  expect([fired, executor.hasFineAlarm]).toEqual([[1, 3], false]);
});
