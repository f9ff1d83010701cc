import { expect, test } from 'vitest';
import { Rig } from '../../test/support/rig.ts';
import { Executive, KEVENT, KernelMode } from '../kernel/index.ts';
import { runThread } from './run-thread.ts';

test('a thread’s promise gives what its body returns, and what it throws', async () => {
  const { kernel, executor } = new Rig();
  const good = runThread(kernel, 'good', function* () {
    return 7;
  });
  const bad = runThread(kernel, 'bad', function* () {
    throw new TypeError('oops');
  });
  const caught = bad.catch((error: unknown) => error);
  executor.run();
  expect([await good, await caught]).toEqual([7, new TypeError('oops')]);
  expect([executor.takeSettled(), kernel.crashListeners.size]).toEqual([true, 0]);
});

test('a crash rejects the promises of all threads that wait, and the executor hears of it', async () => {
  const { kernel, nt, executor } = new Rig();
  const never = new KEVENT();
  const waiting = runThread(kernel, 'waiting', () =>
    nt.KeWaitForSingleObject(never, Executive, KernelMode, false, null),
  ).catch((error: unknown) => error);
  executor.run();
  executor.takeSettled();
  expect(() => kernel.bugCheck(0x44, 0, 'R1', 'the crash')).toThrow();
  expect(executor.takeSettled()).toBe(true);
  expect(await waiting).toBe(kernel.crash);
  await expect(runThread(kernel, 'late', function* () {})).rejects.toBe(kernel.crash);
});
