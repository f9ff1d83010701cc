import { describe, expect, test } from 'vitest';
import { Rig } from '../../test/support/rig.ts';
import { KDPC } from './dpc.ts';
import { DISPATCH_LEVEL } from './irql.ts';

const dpcOf = (rig: Rig) => {
  const runs: unknown[][] = [];
  const dpc = new KDPC();
  rig.nt.KeInitializeDpc(dpc, (_dpc, ...rest) => void runs.push([...rest, rig.nt.KeGetCurrentIrql()]), 'context');
  return { dpc, runs };
};

describe('a DPC', () => {
  test('runs after the call that queues it, at DISPATCH_LEVEL, in no thread', () => {
    const rig = new Rig();
    const dpc = new KDPC();
    const seen: unknown[] = [];
    rig.nt.KeInitializeDpc(dpc, () => void seen.push('dpc', rig.kernel.irql, rig.kernel.thread), null);
    rig.run(function* (nt) {
      seen.push(nt.KeInsertQueueDpc(dpc, null, null), 'thread');
    });
    expect(seen).toEqual([true, 'thread', 'dpc', DISPATCH_LEVEL, null]);
    expect(rig.kernel.irql).toBe(0);
  });

  test('that is queued already keeps the arguments of its first insertion and runs once', () => {
    const rig = new Rig();
    const { dpc, runs } = dpcOf(rig);
    expect([rig.nt.KeInsertQueueDpc(dpc, 1, 2), rig.nt.KeInsertQueueDpc(dpc, 3, 4)]).toEqual([true, false]);
    rig.executor.run();
    expect(runs).toEqual([['context', 1, 2, DISPATCH_LEVEL]]);
  });

  test('can be queued again from its own routine', () => {
    const rig = new Rig();
    let runs = 0;
    const dpc = new KDPC();
    rig.nt.KeInitializeDpc(dpc, () => void (++runs < 3 && rig.nt.KeInsertQueueDpc(dpc, null, null)), null);
    rig.nt.KeInsertQueueDpc(dpc, null, null);
    rig.executor.run();
    expect(runs).toBe(3);
  });

  test('that was removed does not run, and when it was queued again meanwhile runs once', () => {
    const rig = new Rig();
    const { dpc, runs } = dpcOf(rig);
    rig.nt.KeInsertQueueDpc(dpc, 1, 1);
    expect([rig.nt.KeRemoveQueueDpc(dpc), rig.nt.KeRemoveQueueDpc(dpc)]).toEqual([true, false]);
    rig.nt.KeInsertQueueDpc(dpc, 2, 2);
    rig.executor.run();
    expect(runs).toEqual([['context', 2, 2, DISPATCH_LEVEL]]);
  });

  test('that was removed and queued again stands behind those queued meanwhile', () => {
    const rig = new Rig();
    const order: string[] = [];
    const [first, second] = ['first', 'second'].map((name) => {
      const dpc = new KDPC();
      rig.nt.KeInitializeDpc(dpc, () => void order.push(name), null);
      return dpc;
    });
    rig.nt.KeInsertQueueDpc(first, null, null);
    rig.nt.KeInsertQueueDpc(second, null, null);
    rig.nt.KeRemoveQueueDpc(first);
    rig.nt.KeInsertQueueDpc(first, null, null);
    rig.executor.run();
    expect(order).toEqual(['second', 'first']);
  });

  test('that throws stops the machine with 0x1E, and those behind it do not run', () => {
    const rig = new Rig();
    const failing = new KDPC();
    rig.nt.KeInitializeDpc(
      failing,
      () => {
        throw new TypeError('oops');
      },
      null,
    );
    const { dpc, runs } = dpcOf(rig);
    rig.nt.KeInsertQueueDpc(failing, null, null);
    rig.nt.KeInsertQueueDpc(dpc, null, null);
    rig.executor.run();
    expect([rig.kernel.crash?.code, runs, rig.kernel.irql]).toEqual([0x1e, [], 0]);
  });
});
