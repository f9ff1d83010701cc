import { describe, expect, test } from 'vitest';
import { Rig } from '../../test/support/rig.ts';
import { STATUS_SUCCESS, STATUS_TIMEOUT } from '../base/index.ts';
import { MILLISECOND } from '../time/index.ts';
import { KDPC } from './dpc.ts';
import { KTIMER, NotificationTimer, SynchronizationTimer } from './timer.ts';
import { Executive, KernelMode } from './wait.ts';

const TEN_MS = -100_000;

const timerOf = (rig: Rig, type: typeof NotificationTimer | typeof SynchronizationTimer = NotificationTimer) => {
  const timer = new KTIMER();
  rig.nt.KeInitializeTimerEx(timer, type);
  const ticks: number[] = [];
  const dpc = new KDPC();
  rig.nt.KeInitializeDpc(dpc, () => void ticks.push(rig.executor.now() / MILLISECOND), null);
  return { timer, ticks, dpc };
};

describe('a timer', () => {
  test('queues its DPC once when it is due', () => {
    const rig = new Rig();
    const { timer, ticks, dpc } = timerOf(rig);
    expect(rig.nt.KeSetTimer(timer, TEN_MS, dpc)).toBe(false);
    rig.executor.run();
    expect([ticks, timer.signalled]).toEqual([[10], true]);
  });

  test('with a period queues it again and again until it is cancelled', () => {
    const rig = new Rig();
    const { timer, ticks, dpc } = timerOf(rig);
    rig.nt.KeSetTimerEx(timer, TEN_MS, 5, dpc);
    rig.executor.runUntil(27 * MILLISECOND);
    expect([rig.nt.KeCancelTimer(timer), rig.nt.KeCancelTimer(timer)]).toEqual([true, false]);
    rig.executor.run();
    expect(ticks).toEqual([10, 15, 20, 25]);
  });

  test('can be set to an absolute time', () => {
    const rig = new Rig();
    const { timer, ticks, dpc } = timerOf(rig);
    rig.nt.KeSetTimer(timer, rig.kernel.systemTimeOrigin + 70_000n, dpc);
    rig.executor.run();
    expect(ticks).toEqual([7]);
  });

  test('that is set again forgets its first time and its signal', () => {
    const rig = new Rig();
    const { timer, ticks, dpc } = timerOf(rig);
    rig.nt.KeSetTimer(timer, TEN_MS, dpc);
    expect(rig.nt.KeSetTimer(timer, 3 * TEN_MS, dpc)).toBe(true);
    rig.executor.run();
    expect(ticks).toEqual([30]);
    expect(rig.nt.KeSetTimer(timer, TEN_MS, null)).toBe(false);
    expect(timer.signalled).toBe(false);
  });

  test('that was cancelled is not signalled', () => {
    const rig = new Rig();
    const { timer, ticks, dpc } = timerOf(rig);
    rig.nt.KeSetTimer(timer, TEN_MS, dpc);
    rig.nt.KeCancelTimer(timer);
    rig.executor.run();
    expect([ticks, timer.signalled]).toEqual([[], false]);
  });

  test.each([
    ['a notification timer releases every wait', NotificationTimer, STATUS_SUCCESS],
    ['a synchronization timer releases one', SynchronizationTimer, STATUS_TIMEOUT],
  ] as const)('%s', (_what, type, second) => {
    const rig = new Rig();
    const { timer } = timerOf(rig, type);
    const statuses = rig.run(function* (nt) {
      nt.KeSetTimer(timer, TEN_MS, null);
      const first = yield* nt.KeWaitForSingleObject(timer, Executive, KernelMode, false, null);
      return [first, yield* nt.KeWaitForSingleObject(timer, Executive, KernelMode, false, 0)];
    });
    expect(statuses).toEqual([STATUS_SUCCESS, second]);
  });

  test('of a machine that has crashed does not fire', () => {
    const rig = new Rig();
    const { timer, ticks, dpc } = timerOf(rig);
    rig.nt.KeInitializeTimer(timer);
    rig.nt.KeSetTimerEx(timer, TEN_MS, 1, dpc);
    rig.start('crashing', function* () {
      throw new TypeError('oops');
    });
    rig.executor.run();
    expect([ticks, timer.signalled]).toEqual([[], false]);
  });
});
