import { expect, test } from 'vitest';
import { Rig } from '../../test/support/rig.ts';
import { STATUS_PENDING } from '../base/index.ts';
import { Caller } from './caller.ts';

test('a crash rejects the calls that are pending, and the executor hears of it', async () => {
  const { kernel, executor } = new Rig();
  const pending = new Caller(kernel).call('WskReceive', () => STATUS_PENDING, { timeout: 1000 });
  const caught = pending.catch((error: unknown) => error);
  expect(executor.takeSettled()).toBe(false);
  kernel.halt();
  expect(await caught).toBe(kernel.crash);
  expect([executor.takeSettled(), executor.pending]).toEqual([true, 0]);
});
