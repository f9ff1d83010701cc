import { describe, expect, test } from 'vitest';
import { crashIn, Rig } from '../../test/support/rig.ts';
import { STATUS_SUCCESS, STATUS_TIMEOUT } from '../base/index.ts';
import { KMUTANT, STATUS_MUTANT_NOT_OWNED } from './mutex.ts';
import { KSEMAPHORE, STATUS_SEMAPHORE_LIMIT_EXCEEDED } from './semaphore.ts';
import type { KernelRoutine } from './thread.ts';
import { Executive, KernelMode } from './wait.ts';

const mutexOf = (rig: Rig): KMUTANT => {
  const mutex = new KMUTANT();
  rig.nt.KeInitializeMutex(mutex, 0);
  return mutex;
};

describe('a mutex', () => {
  test('is owned by one thread at a time, in the order of the waits', () => {
    const rig = new Rig();
    const mutex = mutexOf(rig);
    const order: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      rig.start(name, function* (nt): KernelRoutine<void> {
        yield* nt.KeWaitForSingleObject(mutex, Executive, KernelMode, false, null);
        order.push(`${name} in`);
        yield* nt.KeDelayExecutionThread(KernelMode, false, -10_000);
        order.push(`${name} out`);
        nt.KeReleaseMutex(mutex, false);
      });
    }
    rig.executor.run();
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
    expect(rig.nt.KeReadStateMutex(mutex)).toBe(1);
  });

  test('is taken again by its owner and given back as often', () => {
    const rig = new Rig();
    const mutex = mutexOf(rig);
    const states = rig.run(function* (nt) {
      yield* nt.KeWaitForSingleObject(mutex, Executive, KernelMode, false, null);
      const again = yield* nt.KeWaitForSingleObject(mutex, Executive, KernelMode, false, 0);
      return [again, nt.KeReadStateMutex(mutex), nt.KeReleaseMutex(mutex, false), nt.KeReleaseMutex(mutex, false)];
    });
    expect(states).toEqual([STATUS_SUCCESS, -1, -1, 0]);
  });

  test('disables kernel APCs while it is owned', () => {
    const rig = new Rig();
    const mutex = mutexOf(rig);
    const disabled = rig.run(function* (nt) {
      const before = nt.KeAreApcsDisabled();
      yield* nt.KeWaitForSingleObject(mutex, Executive, KernelMode, false, null);
      const within = nt.KeAreApcsDisabled();
      nt.KeReleaseMutex(mutex, false);
      return [before, within, nt.KeAreApcsDisabled()];
    });
    expect(disabled).toEqual([false, true, false]);
  });

  test('is not for another thread to release (0x1E, STATUS_MUTANT_NOT_OWNED)', () => {
    const crash = crashIn(function* (nt, rig) {
      nt.KeReleaseMutex(mutexOf(rig), false);
      yield* [];
    });
    expect(crash).toEqual({ code: 0x1e, parameter1: STATUS_MUTANT_NOT_OWNED >>> 0, rule: null });
  });

  test('that its thread ends with is a bug check (0x4000008A)', () => {
    const rig = new Rig();
    const mutex = mutexOf(rig);
    rig.start('owner', function* (nt) {
      yield* nt.KeWaitForSingleObject(mutex, Executive, KernelMode, false, null);
    });
    rig.executor.run();
    expect(rig.kernel.crash?.codeName).toBe('THREAD_TERMINATE_HELD_MUTEX');
  });
});

describe('a semaphore', () => {
  test('lets as many waits end as it counts', () => {
    const rig = new Rig();
    const semaphore = new KSEMAPHORE();
    rig.nt.KeInitializeSemaphore(semaphore, 1, 5);
    const look = () => rig.nt.KeWaitForSingleObject(semaphore, Executive, KernelMode, false, 0);
    expect([rig.run(look), rig.run(look)]).toEqual([STATUS_SUCCESS, STATUS_TIMEOUT]);
    expect(rig.nt.KeReleaseSemaphore(semaphore, 0, 2, false)).toBe(0);
    expect([rig.run(look), rig.nt.KeReadStateSemaphore(semaphore)]).toEqual([STATUS_SUCCESS, 1]);
  });

  test('wakes as many waiters as are released, the longest wait first', () => {
    const rig = new Rig();
    const semaphore = new KSEMAPHORE();
    rig.nt.KeInitializeSemaphore(semaphore, 0, 5);
    const woken: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      rig.start(name, function* (nt) {
        yield* nt.KeWaitForSingleObject(semaphore, Executive, KernelMode, false, null);
        woken.push(name);
      });
    }
    rig.executor.run();
    rig.nt.KeReleaseSemaphore(semaphore, 0, 2, false);
    rig.executor.run();
    expect([woken, semaphore.signalState]).toEqual([['a', 'b'], 0]);
  });

  test.each([
    ['past its limit', 3],
    ['by 0', 0],
  ])('released %s raises STATUS_SEMAPHORE_LIMIT_EXCEEDED (0x1E)', (_what, adjustment) => {
    const crash = crashIn(function* (nt) {
      const semaphore = new KSEMAPHORE();
      nt.KeInitializeSemaphore(semaphore, 0, 2);
      nt.KeReleaseSemaphore(semaphore, 0, adjustment, false);
      yield* [];
    });
    expect(crash).toEqual({ code: 0x1e, parameter1: STATUS_SEMAPHORE_LIMIT_EXCEEDED >>> 0, rule: null });
  });
});
